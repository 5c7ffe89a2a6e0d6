"""Known weaknesses are told and fail; what could not be asked is told to be unknown, and fails nothing."""

from __future__ import annotations

import json
from functools import partial

import httpx
import pytest

from laboratory.supply import audit

FOUND = {
    "id": "PYSEC-1",
    "summary": "Reads what it should not.",
    "affected": [
        {
            "package": {"name": "Jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}],
        },
        {"package": {"name": "other"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "1"}]}]},
    ],
}


def answering(weak: str, status: int = 200) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(status, json=FOUND)
        asked = [each["package"]["name"] for each in json.loads(request.content)["queries"]]
        return httpx.Response(status, json={"results": [{"vulns": [{"id": "PYSEC-1"}]} if name == weak else {}
                                                        for name in asked]})  # fmt: skip

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("transport", "status", "said"),
    [
        (answering("jinja2"), 1, "PYSEC-1 Reads what it should not.; mended in 99"),
        (answering("nothing"), 0, "0 known weaknesses"),
        (answering("nothing", 503), 0, "NOT AUDITED"),
        (httpx.MockTransport(lambda _: httpx.Response(200, text="a login page")), 0, "NOT AUDITED"),
    ],
)
def test_what_is_known_is_told(
    transport: httpx.MockTransport,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit.httpx, "Client", partial(httpx.Client, transport=transport))
    monkeypatch.setattr(audit, "AT_ONCE", 50)
    assert audit.main([]) == status
    assert said in capsys.readouterr().out
