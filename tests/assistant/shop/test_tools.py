"""The typed tools take anything that can be written as JSON: they act, refuse, or say what is wrong with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.database import Database
from assistant.shop.retail import RetailShop
from assistant.shop.retail_files import RetailFile
from assistant.shop.retail_load import load
from assistant.shop.tools import ToolArgumentError, ToolError
from assistant.shop.tools.functions import TOOLS
from tests.retail_shop import retail_file

TEXTS = st.text() | st.sampled_from(["#W1", "ann_lee_1", "\x00", "\ud800", "a" * 300, "1" * 5000])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**4000) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMED = st.sampled_from(sorted(TOOLS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.fixed_dictionaries(dict.fromkeys(TOOLS[name].arguments.model_fields, VALUES))
    )
)


@pytest.fixture(scope="module")
def retail(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RetailShop]:
    path = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("tools") / "shop.sqlite3")
    database = Database(f"sqlite:///{path}")
    load(database, RetailFile.parse(json.dumps(retail_file()).encode(), "db.json"), "small")
    yield RetailShop(database)
    database.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(called=NAMED | st.tuples(st.sampled_from(sorted(TOOLS)) | VALUES, VALUES))
def test_any_json_is_answered_or_refused(retail: RetailShop, called: tuple[Any, Any]) -> None:
    with suppress(ToolError):
        retail.call(*called)


@pytest.mark.parametrize("arguments", [[], "order_id", 7, [["order_id", "#W1"]]])
def test_arguments_are_given_by_name(retail: RetailShop, arguments: Any) -> None:
    with pytest.raises(ToolArgumentError, match="by name"):
        retail.call("get_order_details", arguments)


@pytest.mark.parametrize("street", ["1 Elm\x00 St", "1 Elm\nSt", "a" * 201, "1 Elm \ud800"])
def test_an_address_is_lines_of_text(retail: RetailShop, street: str) -> None:
    address = {"address2": "", "city": "Austin", "state": "TX", "country": "USA", "zip": "78701"}
    before = retail.export()
    with pytest.raises(ToolArgumentError, match=r"address1: .*(line|200|unicode)"):
        retail.call("modify_user_address", {"user_id": "ann_lee_1", "address1": street, **address})
    assert retail.export() == before
