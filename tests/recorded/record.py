"""Holds the written conversations of this folder with a model and writes its answers into them.

usage: python -m tests.recorded.record FILE.json --llm-url http://…/v1 [--limit-s 900]

A file is one conversation: ``language``, ``customer`` (an id of the demo shop, or null) and ``turns``, each with what
is said (``say``), what must come of it (``expect``, see test_lead_recorded.py), and after recording the model's
answers in order (``model``).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.bootstrap import build
from assistant.dialogue.graph import Dialogue
from assistant.llm.availability import OutsideAvailability
from assistant.llm.client import ChatOpenAIModel, Prompt
from tests.app import KEPT, test_settings
from tests.assistant.test_dialogue import talking


class Recording(ChatOpenAIModel):
    """A real model that keeps its answers. ``answers`` is shared by the copies that count their own use."""

    answers: list[dict[str, Any]]

    def metered(self) -> Recording:
        other = object.__new__(Recording)
        other.__dict__.update(super().metered().__dict__)
        return other

    async def complete_json(self, prompt: Prompt, schema: Mapping[str, Any]) -> dict[str, Any]:
        answer = await super().complete_json(prompt, schema)
        self.answers.append(answer)
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--llm-url", required=True)
    parser.add_argument("--limit-s", type=float, default=900)
    args = parser.parse_args()
    written = json.loads(args.file.read_text("utf-8"))
    availability = OutsideAvailability(args.llm_url, "none")
    if not availability.check():
        raise SystemExit(availability.reason())
    model = Recording(availability, first_token_s=args.limit_s, reply_s=args.limit_s)
    model.answers = []
    with tempfile.TemporaryDirectory() as state:
        if KEPT.exists():
            (Path(state) / "vectors").symlink_to(KEPT)  # what the tests have embedded
        shop = build(test_settings(Path(state)))
        deps = dataclasses.replace(shop.deps, model=model, model_reads=lambda: "all", model_read_s=args.limit_s)
        with talking(shop, written["customer"]) as talk:
            talk._session.dialogue = Dialogue(deps, talk._session.dialogue._graph.checkpointer)  # type: ignore[arg-type]
            for turn in written["turns"]:
                model.answers.clear()
                done = talk.say(turn["say"])
                turn["model"] = list(model.answers)
                print(f"> {turn['say']}\n< {done.text} {[card.id for card in done.products]}", flush=True)
    args.file.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
