from __future__ import annotations

from assistant.dialogue.begun_anew import undescribed
from assistant.dialogue.need import Need
from assistant.understanding.schema import Slots
from assistant.understanding.wishes import Wish


def test_a_word_that_describes_anew_takes_its_quality_with_it() -> None:
    said = [Wish.model_construct(say=each) for each in ("light", "washable")]
    need = undescribed(Need(slots=Slots(type=["coffee"]), words="light roast").model_copy(update={"wishes": said}))
    assert need.words == "" and [wish.say for wish in need.wishes] == ["washable"]
