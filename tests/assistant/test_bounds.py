"""What one client asks too much of is refused to it alone; everybody else goes on."""

from __future__ import annotations

import asyncio

import pytest

from assistant.bounds import Bounds, TooMany, called_from, network_of, read_bounds, speaking_in


@pytest.fixture
def bounds() -> Bounds:
    return Bounds(read_bounds("conversations.address=3/month;5/year turns.conversation=2/month turns.shop=off"))


def test_an_address_that_asks_too_much_waits_and_others_do_not(bounds: Bounds) -> None:
    with called_from("192.0.2.1"):
        assert [bounds.wait_s("conversations") for _ in range(3)] == [0, 0, 0]
        assert bounds.wait_s("conversations") > 0
        with pytest.raises(TooMany) as refused:
            bounds.take("conversations", language="zh")
    assert (refused.value.what, refused.value.language) == ("conversations", "zh") and refused.value.wait_s > 0
    with called_from("192.0.2.2"):
        assert bounds.wait_s("conversations") == 0
    assert bounds.wait_s("conversations") == 0, "nobody's address, as on the command line"


def test_who_is_refused_is_not_counted_elsewhere() -> None:
    bounds = Bounds(read_bounds("turns.conversation=1/month turns.customer=2/month"))
    assert bounds.wait_s("turns", conversation="a", customer="C1") == 0
    for _ in range(5):
        assert bounds.wait_s("turns", conversation="a", customer="C1") > 0
    assert bounds.wait_s("turns", conversation="b", customer="C1") == 0
    assert bounds.wait_s("turns", conversation="c", customer="C1") > 0, "two, in whatever conversation"


def test_whose_doing_it_is_is_known_in_tasks_and_threads(bounds: Bounds) -> None:
    async def talk() -> list[float]:
        with called_from("192.0.2.3"), speaking_in("a", None):
            first = await asyncio.to_thread(bounds.wait_s, "turns")
            second = await asyncio.create_task(asyncio.to_thread(bounds.wait_s, "turns"))
        return [first, second, bounds.wait_s("turns", conversation="a")]

    first, second, third = asyncio.run(talk())
    assert (first, second) == (0, 0) and third > 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_is_one_client(address: str, network: str) -> None:
    assert network_of(address) == network


def test_tokens_are_counted_as_many_as_they_are() -> None:
    bounds = Bounds(read_bounds("tokens.conversation=1000/month tokens.address=1500/month"))
    with called_from("192.0.2.1"):
        with speaking_in("a", None):
            bounds.spend(900)
            assert bounds.may_spend()
            bounds.spend(200)
            assert not bounds.may_spend(), "the last reply may go beyond, the next is not begun"
        with speaking_in("b", None):
            assert bounds.may_spend()
            bounds.spend(600)
            assert not bounds.may_spend(), "the address has used up its own"
    with called_from("192.0.2.2"), speaking_in("c", None):
        assert bounds.may_spend()


def test_all_can_be_switched_off() -> None:
    bounds = Bounds(read_bounds("off"))
    with called_from("192.0.2.1"):
        assert not any(bounds.wait_s("conversations") for _ in range(5000))


@pytest.mark.parametrize("text", ["tables.address=1/minute", "turns.moon=1/minute", "turns.shop=often", "turns", "on"])
def test_what_is_no_bound_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"bound|rate"):
        read_bounds(text)


def test_measurements_on_the_machine_itself_are_not_held_up_but_open_no_floods() -> None:
    bounds = Bounds(read_bounds("turns.address=1/month turns.shop=5/month conversations.address=1/month"))
    for address in ("127.0.0.1", "::1"):
        with called_from(address):
            assert bounds.wait_s("conversations") == 0 < bounds.wait_s("conversations")
            assert bounds.wait_s("turns") == bounds.wait_s("turns") == 0
    with called_from("127.0.0.1"):
        assert bounds.wait_s("turns") == 0 < bounds.wait_s("turns"), "the shop's bound holds for everybody"
