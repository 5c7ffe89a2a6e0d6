"""Acts on the shopper's own profile: what they say of themselves, what is known of them, off and on, and forgetting."""

from __future__ import annotations

from assistant.dialogue.acts import assent, consent
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.outcome import Outcome
from assistant.profile.outcomes import (
    ForgetAsked,
    ForgetDropped,
    Forgotten,
    PersonalSwitched,
    PreferencesNoted,
    ProfileTold,
)
from assistant.profile.owner import Owner
from assistant.profile.taste import TasteSummary
from assistant.shop.pending import PENDING_LIFETIME
from assistant.understanding.about_me import read_about_me
from assistant.understanding.clauses import requested_action
from assistant.understanding.schema import Intent, Slots

_NAMED_KINDS = (Intent.PRODUCT_QUESTION, Intent.COMPARE)
_MAX_YES_WORDS = 4
"""Words of a plain yes."""
_MAX_NAMED_TASTES = 3
"""Types and brands that are told of a taste."""


def owner_of(turn: Turn, memory: Memory) -> Owner:
    return Owner(memory.customer_id, turn.conversation_id)


def read(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """Fills what the message says and asks of the shopper's profile; where that is all, nothing else is done."""
    if turn.image is not None:
        return
    turn.about_me = read_about_me(turn.said)
    if turn.about_me is not None:
        _is_that_alone(turn)
        return
    if turn.answers_request:
        return
    stating = deps.understander.stated(turn.said)
    turn.stated = stating.preferences if memory.search is None else stating.lasting
    busy = memory.asked is not None or memory.request is not None or memory.pending is not None
    edits = memory.search is not None and turn.intent in (Intent.PRODUCT_SEARCH, Intent.RECOMMEND)
    if turn.stated and stating.whole and not busy and not edits:
        turn.only_states = True
        _is_that_alone(turn)


def _is_that_alone(turn: Turn) -> None:
    turn.intent, turn.slots, turn.answers_request = Intent.SMALL_TALK, Slots(), False
    if turn.understanding is not None:
        update = {"intent": turn.intent, "slots": turn.slots, "confidence": 1.0}
        turn.understanding = turn.understanding.model_copy(update=update)


def outcome(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """``None``: the turn is about something else."""
    if memory.forgetting is not None and (answered := _answered(turn, memory, deps)) is not None:
        return answered
    memory.forgetting = None
    if turn.about_me is not None:
        return _about_me(turn, memory, deps)
    if turn.only_states:
        return _noted(turn, memory, deps)
    return None


def besides(turn: Turn, memory: Memory, deps: Dependencies) -> tuple[Outcome, ...]:
    """What the turn comes to besides its own outcome; also records which products it spoke of."""
    if turn.named and turn.intent in _NAMED_KINDS:
        for hit in turn.hits:
            deps.profiles.record(owner_of(turn, memory), hit.product.id, "mention")
    return (_noted(turn, memory, deps),) if turn.stated and not turn.only_states else ()


def _noted(turn: Turn, memory: Memory, deps: Dependencies) -> PreferencesNoted:
    owner = owner_of(turn, memory)
    if not deps.profiles.consent.of(owner).personal:
        return PreferencesNoted(turn.stated, "off")
    deps.profiles.preferences.state(owner, turn.stated, "chat")
    return PreferencesNoted(turn.stated, "conversation" if owner.customer_id is None else "lasting")


def _about_me(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome:
    profiles, owner = deps.profiles, owner_of(turn, memory)
    match turn.about_me:
        case "on" | "off":
            profiles.consent.switch(owner, turn.about_me == "on")
            return PersonalSwitched(turn.about_me == "on")
        case "forget":
            if memory.pending is not None:
                turn.extra = (*turn.extra, consent.decline(turn, memory, deps))
            memory.forgetting = deps.shop.clock()
            return ForgetAsked(profiles.held(owner), len(profiles.preferences.of(owner)))
        case _:
            stated = tuple(said.preference for said in profiles.preferences.of(owner))
            taste = TasteSummary.of(profiles.interactions(owner), deps.product, deps.shop.clock())
            return ProfileTold(
                profiles.consent.of(owner).personal,
                tuple(liked.value for liked in taste.top("type", _MAX_NAMED_TASTES)),
                tuple(liked.value for liked in taste.top("brand", _MAX_NAMED_TASTES)),
                stated,
                profiles.held(owner),
            )


def _answered(turn: Turn, memory: Memory, deps: Dependencies) -> Outcome | None:
    """The answer to whether to forget; ``None`` when it is none, and nothing is forgotten."""
    assert memory.forgetting is not None
    late = deps.shop.clock() - memory.forgetting > PENDING_LIFETIME
    if turn.press is not None:
        agreed = turn.press.action == "confirm"
        if turn.press.action not in ("confirm", "cancel") or (agreed and late):
            return None
    else:
        short = (
            len(turn.message.split()) <= _MAX_YES_WORDS
            and requested_action(turn.message) is None
            and "?" not in turn.message
        )
        agreed = short and assent.is_plain_yes(turn) and not late
        declined = turn.intent is Intent.DECLINE or assent.gives_up(turn)
        if turn.about_me is not None or not (agreed or declined):
            return None
    turn.intent = Intent.CONFIRM if agreed else Intent.DECLINE
    memory.forgetting = None
    if not agreed:
        return ForgetDropped()
    owner = owner_of(turn, memory)
    receipt = deps.profiles.forget(owner)
    memory.clear()
    return Forgotten(receipt.erased["behaviour"], receipt.erased["preferences"])
