"""JSON Web Tokens (RFC 7519) that we sign ourselves with the user's private key."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from crawlers.context import SourceError

SKEW = 30
"""Seconds by which our clock may be ahead of the vendor's: a token from the future is refused."""


class Clock:
    """Seconds since 1970: the crawl's "now", and the time that has passed since."""

    def __init__(self, now: str) -> None:
        self.began = datetime.fromisoformat(now).timestamp()
        self.started = time.monotonic()

    def seconds(self) -> int:
        """Whole seconds since 1970-01-01 UTC."""
        return int(self.began + time.monotonic() - self.started)


def sign_token(
    claims: Mapping[str, object],
    key: str,
    *,
    algorithm: str,
    seconds: int,
    life: int,
    source: str,
    variable: str,
    key_id: str = "",
) -> str:
    """Sign claims with a private key in PEM; `iat` and `exp` are added, `life` seconds apart at most.

    Raises `SourceError` that names the variable, and never the key, where the key is none of this kind.
    """
    import jwt

    issued = seconds - SKEW
    payload = {**claims, "iat": issued, "exp": issued + life}
    try:
        return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        words = f"{source}: {variable} holds no private key for {algorithm} ({type(error).__name__})"
        raise SourceError(f"{words}; give the whole file as it was downloaded, from -----BEGIN to the END line") from None


def read_key(value: str) -> str:
    """A PEM as it may stand in an environment variable: with `\\n` written out where a line ends."""
    return value.replace("\\n", "\n").strip() + "\n"


def read_secret_file(path: str, *, source: str, variable: str) -> str:
    """The text of a file that a variable names. Raises `SourceError` where it cannot be read."""
    try:
        return Path(path).expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is no text"
        words = f"{source}: {path}, which {variable} names, cannot be read ({reason})"
        raise SourceError(f"{words}; correct the path, or let this user read the file") from None
