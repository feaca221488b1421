"""The settings of `repute service`."""

from __future__ import annotations

import pytest

from config import ConfigError, load_config

BRAND = '[[brands]]\nid = "acme"\nname = "Acme"\nquery = "acme"\n'


def read(tmp_path, text):
    (tmp_path / "config.toml").write_text(text + BRAND, "utf-8")
    return load_config(tmp_path / "config.toml", {})


def test_quiet_days_and_the_name_of_the_customer_count_have_defaults_and_can_be_set(tmp_path):
    usual = read(tmp_path, "")
    assert (usual.thresholds.quiet_days, usual.customers_metric) == (14, "customers")
    own = read(tmp_path, '[repute]\ncustomers_metric = "members"\n[thresholds]\nquiet_days = 7\n')
    assert (own.thresholds.quiet_days, own.customers_metric) == (7, "members")


def test_quiet_days_are_a_whole_number_of_days(tmp_path):
    with pytest.raises(ConfigError, match=r"thresholds.quiet_days: 0 should be a whole number from 1 to 366"):
        read(tmp_path, "[thresholds]\nquiet_days = 0\n")
