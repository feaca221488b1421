"""What every test may ask for: the recorded and labelled input beside the checkout, where it is there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import hypothesis
import pytest

# No test is timed: how long an example takes says more of what else the machine does.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RECORDED") or ROOT.parent / "shared")
MUST_NOT_SKIP = bool(os.environ.get("RECORDED"))


def shared_folder(name: str) -> Path:
    """A folder of recorded input; without it the test skips, or fails where the input was promised by RECORDED."""
    folder = SHARED / name
    if not folder.is_dir():
        reason = f"no recorded input: {folder} is not there (give its parent as RECORDED=…)"
        if MUST_NOT_SKIP:
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Real recorded responses and pages."""
    return shared_folder("recorded")


@pytest.fixture(scope="session")
def labelled() -> Path:
    """Labelled text to evaluate on."""
    return shared_folder("data")


@pytest.fixture(scope="session")
def demo_config(tmp_path_factory):
    """The configuration of the demo, whose store holds what a crawl of its whole web found; crawled once for all tests."""
    from crawled_demo import crawl_demo

    return crawl_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demo_db(demo_config):
    """That store, with its writers' tags."""
    from crawled_demo import tag_demo

    from store.database import open_database

    with contextlib.closing(open_database(demo_config.database)) as db:
        tag_demo(db, demo_config)
        yield db
