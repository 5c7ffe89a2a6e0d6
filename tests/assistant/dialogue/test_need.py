from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.dialogue.memory import Memory, relative_price
from assistant.dialogue.need import Need, Shown, merge
from assistant.understanding.schema import Slots

slots = st.builds(
    Slots,
    type=st.lists(st.sampled_from(["running_shoes", "shoes", "lamps"]), max_size=2, unique=True),
    colour=st.lists(st.sampled_from(["red", "blue", "black"]), max_size=2, unique=True),
    attribute=st.lists(st.sampled_from(["waterproof=yes", "material=leather"]), max_size=2, unique=True),
    exclude=st.lists(st.sampled_from(["material=leather", "colour=red", "brand=Acme"]), max_size=2, unique=True),
)


def test_a_colour_replaces_the_colour_and_keeps_the_rest() -> None:
    before = Slots(type=["running_shoes"], colour=["red"], price_max=Decimal(80), attribute=["waterproof=yes"])
    after = merge(before, Slots(colour=["blue"]))
    assert (after.type, after.colour, after.price_max, after.attribute) == (
        ["running_shoes"],
        ["blue"],
        Decimal(80),
        ["waterproof=yes"],
    )


def test_an_exclusion_takes_back_the_wish() -> None:
    after = merge(Slots(type=["boots"], attribute=["material=leather"]), Slots(exclude=["material=leather"]))
    assert after.attribute == [] and after.exclude == ["material=leather"]


@given(slots, slots)
def test_wanted_and_unwanted_never_meet(before: Slots, new: Slots) -> None:
    assume(not _wanted(before) & set(before.exclude) and not _wanted(new) & set(new.exclude))
    after = merge(before, new)
    assert not _wanted(after) & set(after.exclude)


def _wanted(search: Slots) -> set[str]:
    return {*search.attribute, *(f"colour={colour}" for colour in search.colour)}


def test_a_need_that_is_left_stays_a_topic() -> None:
    memory = Memory(need=Need.of(Slots(type=["lamps"]), ""), shown=[Shown(product_id="a", variant_id="a/1")])
    memory.turn_to(Need.of(Slots(type=["shoes"]), ""))
    assert memory.search == Slots(type=["shoes"])
    assert [topic.need.slots.type for topic in memory.topics] == [["lamps"]]
    assert memory.topics[0].shown == [Shown(product_id="a", variant_id="a/1")]


def test_cheaper_means_below_what_is_shown() -> None:
    after = relative_price(Slots(sort="cheaper"), [Decimal("59.00"), Decimal("72.50")])
    assert after.price_max == Decimal("58.99") and after.sort == "cheapest"
    assert relative_price(Slots(sort="cheaper"), []).sort == "cheapest"
