"""The list of parts is what its format asks for, and names each part with its files and what it needs."""

from __future__ import annotations

import json

from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from laboratory.supply.locked import application
from laboratory.supply.sbom import made


def test_the_list_of_parts() -> None:
    some = [each for each in application() if each.name in ("fastapi", "starlette", "psycopg", "torch")]
    text = JsonV1Dot6(made(some)).output_as_string()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    parts = {each["name"]: each for each in told["components"]}
    assert set(parts) == {"fastapi", "starlette", "psycopg", "torch"}
    assert parts["psycopg"]["licenses"][0]["license"]["id"] == "LGPL-3.0-only"
    assert parts["fastapi"]["purl"].startswith("pkg:pypi/fastapi@") and parts["fastapi"]["hashes"]
    needs = {each["ref"]: each.get("dependsOn", []) for each in told["dependencies"]}
    assert parts["starlette"]["bom-ref"] in needs[parts["fastapi"]["bom-ref"]]
    assert len(needs["shopclerk"]) == 4
