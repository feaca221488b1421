"""The demo's web, running while the tests of a module ask it, and its lines read anew, without the demo's own loader."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.web import Demo, serve_demo

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "content"
Fetch = Callable[..., tuple[int, dict[str, str], bytes]]


@pytest.fixture(scope="session")
def lines() -> list[dict[str, Any]]:
    """Every line as it was written."""
    files = sorted(CONTENT.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """The web on a free port."""
    with serve_demo() as running:
        yield running


@pytest.fixture(scope="module")
def fetch(demo: Demo) -> Fetch:
    """`fetch(path, **headers)` -> status, headers in lower case, body; also of errors and of 304."""

    def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            response = urllib.request.urlopen(urllib.request.Request(demo.url + path, headers=named), timeout=10)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return response.status, {name.lower(): value for name, value in response.headers.items()}, response.read()

    return ask
