"""By what names a text speaks of a brand."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Brand, load_config
from crawlers.naming import find_names
from crawlers.query import QueryError
from store.records import BrandNames

ROOT = Path(__file__).resolve().parent.parent.parent


def names(query, name="Acme", accounts=()):
    return find_names([Brand(id="acme", name=name, role="own", query=query, accounts=accounts)])[0]


def test_words_outside_not_and_accounts_are_names_and_words_within_not_shut_out():
    found = names('(acme* OR "acme shop" OR एक्मी) NOT (dynamite OR "acme looney" OR acme NEAR/3 hill)', accounts=("@AcmeHelp",))
    assert found == BrandNames(
        brand="acme", forms=("Acme", "acme*", "acme shop", "एक्मी", "@acmehelp"), unless=("dynamite", "acme looney", "hill")
    )


@pytest.mark.parametrize("query", ["acme AND (refund OR app)", "(shop OR store) acme", "acme NEAR/5 (flight OR airline)"])
def test_of_words_that_must_stand_together_the_brands_own_is_a_name_and_not_certain(query):
    assert names(query) == BrandNames(brand="acme", forms=("Acme", "acme"), certain=False)


def test_a_query_for_everything_leaves_the_name():
    assert names("*") == BrandNames(brand="acme", forms=("Acme",), certain=False)


def test_the_shipped_configuration_names_its_brands_in_every_script():
    found = {one.brand: one for one in find_names(load_config(ROOT / "config.toml", {}).brands)}
    assert found["nimblecart"] == BrandNames(brand="nimblecart", forms=("Nimblecart", "nimblecart*", "निंबलकार्ट", "نمبل کارٹ"))
    assert found["tamarind"].forms == ("Tamarind", "tamarind*", "टैमरिंड", "ٹیمرنڈ", "@tamarindhelp")
    assert "chutney" in found["tamarind"].unless
    assert "tamarind" not in found["tamarind"].unless


def test_a_query_that_cannot_be_read_is_told():
    with pytest.raises(QueryError, match="unbalanced"):
        names("(acme")
