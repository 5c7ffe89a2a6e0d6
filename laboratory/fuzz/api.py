"""Every operation of the OpenAPI document, asked with what fits its schema and with what does not (Schemathesis).

Wanted of each answer: no 5xx, within a minute, and a status, a media type, headers and a body that the document names;
and that what does not fit the schema is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import schemathesis
from hypothesis import given, seed
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from laboratory.fuzz.finds import Tally, trying

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
ANSWERED_S = 60.0


def operations(url: str) -> list[APIOperation[Any, Any, Any, Any]]:
    """All of the document that a shop at ``url`` serves."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    return [found.ok() for found in schema.get_all_operations()]


def cases(operation: APIOperation[Any, Any, Any, Any], known: dict[str, Sequence[str]]) -> st.SearchStrategy[Case]:
    """``known``: by the name of a path's parameter values that there are, so that what lies behind is reached."""
    named = [name for name in known if f"{{{name}}}" in operation.path]
    ids = st.fixed_dictionaries({name: st.sampled_from(known[name]) for name in named})
    fixed: st.SearchStrategy[dict[str, str]] = st.one_of(ids, ids, ids, st.just({})) if named else st.just({})
    modes = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return st.tuples(fixed, modes).flatmap(lambda each: operation.as_strategy(each[1], path_parameters=each[0] or None))


def ask(
    operation: APIOperation[Any, Any, Any, Any],
    url: str,
    known: dict[str, Sequence[str]],
    examples: int,
    at: int,
    tally: Tally,
) -> None:
    """Raises what the first wrong answer is."""

    @seed(at)
    @trying(examples)
    @given(case=cases(operation, known))
    def asked(case: Case) -> None:
        tally.runs += 1
        case.call_and_validate(base_url=url, checks=CHECKS, timeout=ANSWERED_S)

    asked()
