"""What a shop would lose by another FAQ: a file that is cut, filtered or in a wrong encoding must not quietly take the
place of a good one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.feeds.faq import made_id
from retrieval.models import FaqEntry

MOST_REMOVED = 0.5
"""Share of the entries that may go."""
MOST_SHORTER = 0.5
"""Share of the answers' text that may go."""
MOST_BAD = 0.3
"""Share of a file's rows that may be left out."""


def losses(
    before: Iterable[FaqEntry], after: Sequence[FaqEntry], bad_rows: int, shipped: Iterable[FaqEntry] = ()
) -> tuple[str, ...]:
    """Why the entries ``after`` should not replace those ``before`` without a yes; empty when nothing speaks against.

    An entry stays when its id or its question does. The demo's entries (``shipped``) are no loss.
    """
    found = []
    if bad_rows > MOST_BAD * (bad_rows + len(after)):
        found.append(f"{bad_rows:,} of its {bad_rows + len(after):,} rows cannot be used")
    demo = set(shipped)
    own = [entry for entry in before if entry not in demo]
    kept = {(e.language, name) for e in after for name in (e.id, "?" + made_id(e.question))}
    gone = sum(
        (entry.language, entry.id) not in kept and (entry.language, "?" + made_id(entry.question)) not in kept
        for entry in own
    )
    if gone > MOST_REMOVED * len(own):
        found.append(f"{gone:,} of the {len(own):,} entries that are live are not in it")
    length, shorter = (sum(len(entry.answer) for entry in entries) for entries in (own, after))
    if own and shorter < (1 - MOST_SHORTER) * length:
        found.append(f"its answers have {shorter:,} characters, those that are live {length:,}")
    return tuple(found)
