"""The shipped model, loaded once for all tests here."""

from __future__ import annotations

import pytest
from described import ATTRIBUTES, TOPICS

from sentiment.classifier import Classifier
from sentiment.encoder import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load(threads=1)


@pytest.fixture(scope="session")
def classifier(encoder: Encoder) -> Classifier:
    return Classifier(encoder, TOPICS, ATTRIBUTES)
