"""Statements about the shopper's own profile: what was noted, what is known, off and on, asked and done forgetting."""

from __future__ import annotations

from assistant.profile.outcomes import (
    ForgetAsked,
    ForgetDropped,
    Forgotten,
    PersonalSwitched,
    PreferencesNoted,
    ProfileOutcome,
    ProfileTold,
)
from assistant.wording.preference_words import preference_words
from assistant.wording.statement import Draft


def profile(outcome: ProfileOutcome, draft: Draft) -> None:
    speech = draft.speech
    match outcome:
        case PreferencesNoted(preferences=preferences, standing=standing):
            draft.settle("profile.noted")
            items = speech.series([preference_words(each, speech) for each in preferences])
            draft.say("profile", f"noted_{standing}", items=items)
            draft.chip("recommend")
            draft.chip("know_about_me")
        case ProfileTold():
            _told(outcome, draft)
        case PersonalSwitched(on=on):
            draft.settle("profile.switched")
            draft.say("profile", "on" if on else "off")
            draft.chip("recommend")
            draft.chip("personal_off" if on else "personal_on")
        case ForgetAsked(interactions=interactions, preferences=preferences):
            draft.settle("approval")
            draft.say("profile", "forget_ask", interactions=interactions, preferences=preferences)
            draft.say("profile", "forget_stays")
            draft.say("approval", "nothing_yet")
            draft.chip("yes")
            draft.chip("no")
        case ForgetDropped():
            draft.settle("dropped")
            draft.say("profile", "forget_dropped")
            draft.chip("recommend")
            draft.chip("know_about_me")
        case Forgotten(interactions=interactions, preferences=preferences):
            draft.settle("done")
            draft.say("profile", "forgotten", interactions=interactions, preferences=preferences)
            draft.say("profile", "forgotten_off")
            draft.chip("recommend")
            draft.chip("personal_on")


def _told(outcome: ProfileTold, draft: Draft) -> None:
    draft.settle("profile.told")
    speech = draft.speech
    if not (outcome.interactions or outcome.preferences):
        draft.say("profile", "nothing")
    if outcome.interactions:
        types = [speech.lexicon.name("type", key, speech.language) for key in outcome.types]
        named = speech.listing([*(name.lower() if speech.language == "en" else name for name in types)])
        brands = speech.listing(list(outcome.brands))
        draft.say("profile", "interactions", n=outcome.interactions, types=named, brands=brands)
    if outcome.preferences:
        items = speech.series([preference_words(each, speech) for each in outcome.preferences])
        draft.say("profile", "stated", items=items)
    if not outcome.personal:
        draft.say("profile", "is_off" if outcome.interactions or outcome.preferences else "is_off_empty")
    draft.say("profile", "where")
    draft.chip("personal_off" if outcome.personal else "personal_on")
    draft.chip("forget_me")
    draft.chip("recommend")
