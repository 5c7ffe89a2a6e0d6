"""A postal address on one line taken apart, where it is written as they are in the United States: street, unit, city,
state and ZIP code. Others are left on their line."""

from __future__ import annotations

import re

from assistant.shop.views import AddressView
from assistant.understanding.addresses import WAY

_NAMES = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,DC District of Columbia"
    ",FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine"
    ",MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada"
    ",NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma"
    ",OR Oregon,PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah"
    ",VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming"
)
_STATES = {name.casefold(): code for code, name in (pair.split(" ", 1) for pair in _NAMES.split(","))}
_CODES = frozenset(_STATES.values())
_COUNTRY = re.compile(r",?\s(?P<country>USA|US|U\.S\.A?\.?|(?:the )?United States(?: of America)?)\.?$", re.IGNORECASE)
_ZIP = re.compile(r"(?P<before>.*[^\s,])[\s,]{1,4}(?:zip(?: ?code)?:? )?(?P<zip>\d{5}(?:-\d{4})?)$", re.IGNORECASE)
_UNIT = r"(?:apt|apartment|suite|ste|unit|floor|room|rm|building|bldg|lot|#)"
_WITH_UNIT = re.compile(rf"(?P<street>.*[^\s,])\s(?P<unit>{_UNIT}\b\.?\s?#?\s?[\w-]{{1,8}})$", re.IGNORECASE)
_WITH_CITY = re.compile(
    rf"(?P<street>(?:\d|po box|p\.o\. box)[^,]{{0,60}}?\b{WAY}\b\.?(?:\s{_UNIT}\b\.?\s?#?\s?[\w-]{{1,8}})?)\s"
    r"(?P<city>[^\d,]{2,40})$",
    re.IGNORECASE,
)


def in_parts(line: str, like: AddressView | None = None) -> AddressView:
    """The address in its parts, or all of it as ``address1``. ``like``: one of the same customer's, whose country, where
    it is written out, holds for an address that names none."""
    country = _COUNTRY.search(line)
    rest = line[: country.start()] if country else line
    found = _ZIP.fullmatch(rest.strip(" ,."))
    parted = _state(found["before"]) if found else None
    if found is None or parted is None:
        return AddressView(line)
    before, state = parted
    parts = [part.strip() for part in before.split(",") if part.strip()]
    if len(parts) < 2:
        apart = _WITH_CITY.fullmatch(before)
        if apart is None:
            return AddressView(line)
        parts = [apart["street"], apart["city"]]
    *streets, city = parts
    if len(streets) == 1 and (unit := _WITH_UNIT.fullmatch(streets[0])):
        streets = [unit["street"], unit["unit"]]
    home = like.country if like is not None and len(like.country) > 2 else ""
    named = (home or country["country"]) if country else home
    return AddressView(streets[0], ", ".join(streets[1:]), city, state, named, found["zip"])


def _state(text: str) -> tuple[str, str] | None:
    """What stands before the state, and the state as two letters."""
    words = text.replace(",", " , ").split()
    for count in (3, 2, 1):
        name = " ".join(words[-count:]).rstrip(".")
        code = name.upper() if name.upper() in _CODES and count == 1 else _STATES.get(name.casefold(), "")
        if code and len(words) > count:
            at = text.casefold().rstrip(" .").rfind(name.casefold())
            return text[:at].rstrip(" ,"), code
    return None
