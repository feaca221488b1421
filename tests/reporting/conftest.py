from __future__ import annotations

import contextlib

import pytest
from planted_store import NOW, plant_store, planted_config

from store.database import read_database
from trends.windows import last_full_week


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    made = planted_config(tmp_path_factory.mktemp("store"))
    plant_store(made)
    return made


@pytest.fixture(scope="module")
def db(config):
    with contextlib.closing(read_database(config.database)) as opened:
        yield opened


@pytest.fixture
def week(config):
    return last_full_week(NOW, config.time_zone)
