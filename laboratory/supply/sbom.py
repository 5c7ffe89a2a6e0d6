"""The list of the application's parts, as CycloneDX 1.6 in JSON: ``make sbom``. Checked against its schema.

Of each part its version, licence, where it comes from, the hashes of its files, and what it needs.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib.metadata import version
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from laboratory.supply.licences import Rules
from laboratory.supply.locked import Locked, application

FILE = Path("build/sbom.cdx.json")


def made(packages: list[Locked]) -> Bom:
    """Of the application itself, and its parts."""
    rules, licences, bom = Rules.read(), LicenseFactory(), Bom()
    own = Component(
        type=ComponentType.APPLICATION,
        name="shopclerk",
        version=version("shopclerk"),
        bom_ref="shopclerk",
        licenses=[licences.make_from_string("Apache-2.0")],
    )
    bom.metadata.component = own
    parts = {package.name: _part(package, rules, licences) for package in packages}
    for part in parts.values():
        bom.components.add(part)
    for package in packages:
        needed = {_name(said) for said in (package.installed.requires or () if package.installed else ())}
        bom.register_dependency(parts[package.name], [parts[name] for name in sorted(needed) if name in parts])
    bom.register_dependency(own, parts.values())
    return bom


def _part(package: Locked, rules: Rules, licences: LicenseFactory) -> Component:
    """The lock knows the hashes of all files that may be installed, so they are listed as they stand there."""
    address = PackageURL("pypi", name=package.name, version=package.version)
    said = rules.of(package)
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=address,
        bom_ref=str(address),
        licenses=[licences.make_from_string(said)] if said else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in package.hashes],
    )


def _name(requirement: str) -> str:
    """Of the package that a requirement asks for, as locks write it; extras of this one are not asked for."""
    if "extra ==" in requirement:
        return ""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0]).casefold()


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--out", type=Path, default=FILE)
    out: Path = reader.parse_args().out
    bom = made(application())
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    if (problem := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        print(f"What was made is no CycloneDX: {str(problem)[:500]}", file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(f"{len(bom.components)} parts: {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
