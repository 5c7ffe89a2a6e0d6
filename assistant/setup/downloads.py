"""Exports that lie at web addresses, fetched into a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx

from retrieval.feeds import FeedError

MAX_BYTES = 2 * 2**30
_SUFFIXES = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "text/html": ".html",
    "text/markdown": ".md",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def addresses_in(path: Path) -> list[str]:
    """The addresses of a text file that holds nothing else but comments after #; empty for any other file."""
    if path.suffix.lower() not in (".txt", ".urls") or path.stat().st_size > 2**20:
        return []
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    said = [line for line in lines if line and not line.startswith("#")]
    return said if said and all(is_address(line) for line in said) else []


def fetched(addresses: Sequence[str], folder: Path, timeout_s: float = 60.0) -> list[Path]:
    """The files at these addresses, named as the addresses end. Raises ``FeedError`` for one that cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    with httpx.Client(follow_redirects=True, timeout=timeout_s) as client:
        return [_fetched(client, address, folder, number) for number, address in enumerate(addresses, start=1)]


def _fetched(client: httpx.Client, address: str, folder: Path, number: int) -> Path:
    try:
        with client.stream("GET", address) as response:
            if response.is_error:
                raise FeedError(f"{address} answers {response.status_code} {response.reason_phrase}")
            path = folder / f"{number:02}-{_name(address, response.headers.get('content-type', ''))}"
            size = 0
            with path.open("wb") as file:
                for piece in response.iter_bytes():
                    size += len(piece)
                    if size > MAX_BYTES:
                        raise FeedError(f"{address} is larger than {MAX_BYTES // 2**30} GiB")
                    file.write(piece)
    except httpx.HTTPError as error:
        raise FeedError(f"{address} cannot be fetched: {error}") from error
    return path


def _name(address: str, content_type: str) -> str:
    name = Path(unquote(urlsplit(address).path)).name or "export"
    suffix = _SUFFIXES.get(content_type.partition(";")[0].strip().lower(), "")
    return name if Path(name).suffix or not suffix else name + suffix
