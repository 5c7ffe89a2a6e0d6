"""Arguments that several tools take, each with a sample id and the id that it is not to be confused with."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from assistant.database import clean


def _one_line(text: str) -> str:
    """Raises ``ValueError`` for what is no line of text: NUL, line ends, half a character and the like."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise ValueError("write it on one line, without control characters")
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_one_line)]
"""What people write into one field of a form."""

Text = Annotated[str, Field(max_length=4000), AfterValidator(clean)]
"""What has no form."""
OrderId = Annotated[
    Line, Field(min_length=1, examples=["#W0000000"], description="The order's id; the '#' may be left out.")
]
UserId = Annotated[
    Line, Field(min_length=1, examples=["sara_doe_496"], description="The user's id, not their name or e-mail address.")
]
ProductId = Annotated[
    Line,
    Field(min_length=1, examples=["6086499569"], description="A product's id. Not an item id: an item is one variant."),
]
ItemId = Annotated[
    Line,
    Field(min_length=1, examples=["1008292230"], description="An item's (variant's) id. Not a product id."),
]
MethodId = Annotated[
    Line,
    Field(
        min_length=1,
        examples=["gift_card_0000000", "paypal_0000000", "credit_card_0000000"],
        description="The id of one of the customer's payment methods, as get_user_details lists them; not its kind.",
    ),
]
OldItems = Annotated[
    list[ItemId],
    Field(
        min_length=1,
        max_length=100,
        description="Item ids in the order, not product ids, one for each unit: an item that is meant twice is listed "
        "twice.",
    ),
]
NewItems = Annotated[
    list[ItemId],
    Field(
        min_length=1,
        max_length=100,
        description="The item ids wanted instead, each of the same product as the item id at the same place.",
    ),
]
Address1 = Annotated[Line, Field(min_length=1, examples=["123 Main St"], description="Street and number.")]
Address2 = Annotated[Line, Field(examples=["Apt 1", ""], description="What follows on the second line; may be empty.")]
City = Annotated[Line, Field(examples=["San Francisco"])]
State = Annotated[Line, Field(examples=["CA"])]
Country = Annotated[Line, Field(examples=["USA"])]
Zip = Annotated[Line, Field(examples=["12345"])]
