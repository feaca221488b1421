"""The mark that each row of a sample carries: its sample and its chance of being in it, readable only with the store's secret.

A person who fills a sample must not see how likely a row was to be drawn: it would tell what the classifier says of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Sequence
from dataclasses import dataclass

CHECK_BYTES = 6
"""48 bits: no row that was mixed up passes by chance."""


class MarkError(ValueError):
    """A mark was not given to the row that it stands in."""


@dataclass(frozen=True)
class Question:
    """What a person is asked of one mention."""

    mention: int
    """Row id."""
    brand: str
    """Brand id."""
    task: str
    """`sentiment`, `complaint` or `topic`."""
    subject: str = ""
    """Topic id; empty for the other tasks."""


def number_sample(seed: int, questions: Sequence[Question]) -> int:
    """The id of a sample: the same for the same questions and seed, whenever it is drawn."""
    digest = hashlib.sha256(repr((seed, sorted(map(repr, questions)))).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def make_mark(secret: bytes, sample: int, chance: float, question: Question) -> str:
    """The mark of a row, like `s814263-KQ2M5XW7AB3DE4FG`: no spreadsheet takes it for a number."""
    packed = struct.pack(">f", chance)
    veil, check = keyed(secret, sample, question, b"")[:4], keyed(secret, sample, question, packed)[:CHECK_BYTES]
    hidden = bytes(a ^ b for a, b in zip(packed, veil, strict=True))
    return f"s{sample}-{base64.b32encode(hidden + check).decode()}"


def read_mark(secret: bytes, mark: str, question: Question) -> tuple[int, float]:
    """(sample id, chance) of a row. Raises `MarkError` where the mark was not made for this question by this store."""
    number, _, code = mark.strip().removeprefix("s").partition("-")
    try:
        raw = base64.b32decode(code)
        sample = int(number)
    except (binascii.Error, ValueError) as error:
        raise MarkError(f"{mark!r} is no mark of a sample") from error
    packed = bytes(a ^ b for a, b in zip(raw[:4], keyed(secret, sample, question, b"")[:4], strict=False))
    if not hmac.compare_digest(raw[4:], keyed(secret, sample, question, packed)[:CHECK_BYTES]):
        raise MarkError(f"{mark!r} does not belong to mention {question.mention}")
    (chance,) = struct.unpack(">f", packed)
    return sample, float(chance)


def keyed(secret: bytes, sample: int, question: Question, packed: bytes) -> bytes:
    """A keyed hash of a row and its chance."""
    identity = repr((sample, question.mention, question.brand, question.task, question.subject)).encode()
    return hmac.digest(secret, b"sample\0" + identity + b"\0" + packed, "sha256")
