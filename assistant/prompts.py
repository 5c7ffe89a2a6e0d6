"""The texts in ``prompts/``, as templates that fail loudly on a missing variable."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from assistant.settings import ROOT


@cache
def prompt(name: str) -> Template:
    """The template in ``prompts/NAME.jinja``. Raises jinja2's ``TemplateNotFound``."""
    return _environment().get_template(f"{name}.jinja")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "prompts"), undefined=StrictUndefined, autoescape=False, trim_blocks=True
    )
