"""The documentation says what is: commands, links, settings, make targets and dependencies it names exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from assistant.cli import app
from assistant.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 140
"""Characters of a line of prose."""
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [t for t in targets if "://" not in t and not (page.parent / t).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_exist(page: Path) -> None:
    root = get_command(app)
    for line in re.findall(r"(?:^|`)(?:\.venv/bin/)?shopclerk ([a-z][a-z -]*)", page.read_text("utf-8"), re.MULTILINE):
        command: object = root
        for word in line.split():
            known = getattr(command, "commands", None)
            if known is None:
                break
            assert word in known, f"{page.name}: shopclerk {line}"
            command = known[word]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_and_make_targets_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    names = {f"SHOPCLERK_{name.upper()}" for name in Settings.model_fields} | {"SHOPCLERK_SCREENSHOTS"}
    assert set(re.findall(r"SHOPCLERK_[A-Z_]+[A-Z]", text)) <= names
    targets = set(re.findall(r"^([a-z.-][\w./-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|\s)make ([a-z.][\w.-]*)(?=[`\s]*(?:$|`|#|  ))", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_in_code_style_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:assistant|retrieval|ui|data|tests|prompts|locks|docs|laboratory)/[\w./-]+\.\w+)`",
        page.read_text("utf-8"),
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_tests_named_as_proof_exist(page: Path) -> None:
    """``tests/…/test_x.py::test_y``."""
    for file, name in re.findall(r"(tests/[\w/]+\.py)::(\w+)", page.read_text(encoding="utf-8")):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{page.name}: {file}::{name}"


def test_tests_mirror_the_tree() -> None:
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]

    def stands_for_something(test: Path) -> bool:
        words = test.stem.split("_")[1:]
        names = [ROOT / test.parent / "_".join(words[:upto]) for upto in range(1, len(words) + 1)]
        return any(name.is_dir() or name.with_suffix(".py").is_file() for name in names)

    assert [str(test) for test in tests if test.parts[0] != "browser" and not stands_for_something(test)] == []


def test_every_dependency_says_why_it_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"]]
    names = [re.split(r"[\[<>=! ]", dependency)[0] for dependency in wanted]
    design = (ROOT / "docs" / "design.md").read_text(encoding="utf-8").lower()
    assert [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", design)] == []


def test_figures_are_filled_in() -> None:
    assert "FIGURES" not in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_files_to_touch_are_as_many_as_the_table_says() -> None:
    text = (ROOT / "docs" / "where_to_add.md").read_text(encoding="utf-8")
    sections = [section.partition("\n") for section in text.split("\n## ") if section.startswith("A")]
    listed = {title.lower(): re.findall(r"^\d+\. `([\w./-]+)`: ", body, re.MULTILINE) for title, _, body in sections}
    told = dict(re.findall(r"^\| (an? .*?) \|.*\| (\d+) \|$", text, re.MULTILINE))
    assert {title: str(len(files)) for title, files in listed.items()} == told
    for files in listed.values():
        assert files and len(set(files)) == len(files)
        assert [file for file in files if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_lines_fit_a_screen(page: Path) -> None:
    """Tables cannot be broken."""
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > WIDTH and not line.startswith("|")] == []
