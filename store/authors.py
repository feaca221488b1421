"""Pseudonymous author keys: the same person gives the same key, and the key gives nobody's name."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from store.database import StoreError

KEY_BYTES = 12
"""96 bits: among a million authors the chance of any two sharing a key is below 1e-17."""


def load_secret(database: Path) -> bytes:
    """Read the secret beside the database, made with mode 600 at first use. Raises `StoreError` where it cannot be."""
    path = database.with_suffix(".secret")
    try:
        return (path.read_bytes() if path.exists() else make_secret(path)) or refuse_empty(path)
    except OSError as error:
        words = f"{path}: cannot be made or read ({error.strerror}); make its folder exist and be writable for this user"
        raise StoreError(words) from error


def make_secret(path: Path) -> bytes:
    """Write a new secret so that, of two processes at once, one wins and both read the same whole file."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        partial.unlink()
    return path.read_bytes()


def refuse_empty(path: Path) -> bytes:
    """An empty secret would make every key guessable."""
    raise StoreError(f"{path}: the file is empty; restore it from a backup, or delete it to give every author a new key")


def author_key(secret: bytes, source: str, author_id: str | None) -> str | None:
    """HMAC-SHA-256 of source and platform id, as 24 hexadecimal digits; None for deleted and anonymous authors."""
    if not author_id:
        return None
    return hmac.digest(secret, f"{source}\0{author_id}".encode(), "sha256").hex()[: 2 * KEY_BYTES]
