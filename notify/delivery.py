"""Deliver the weekly digest: composed once per week and recipient, sent until a server has taken it."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sqlite_utils import Database

from config import Config
from notify.digest import compose_digest, week_key
from notify.sending import DeliveryError, MailServer, Refused, TemporaryFailure, send_message
from store.database import open_private, read_database
from store.holding import Held, hold
from store.outbox import (
    OutboxMessage,
    begin_attempt,
    find_composed,
    find_unsent,
    find_unsubscribed,
    mark_failed,
    mark_sent,
    put_message,
)

PAUSES = (5.0, 30.0, 120.0)
"""Seconds to wait before each further attempt: greylisting servers usually relent within minutes."""


@dataclass(frozen=True)
class Delivery:
    """What became of a week's digest, recipient by recipient."""

    key: str
    """The week and brand, like `digest/tamarind/2026-09-28`."""
    sent: tuple[str, ...] = ()
    """Accepted by the server in this run."""
    before: tuple[str, ...] = ()
    """Had it from an earlier run."""
    unsubscribed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """(recipient, the reason in the server's words); tried again when the digest is sent again in the same week."""


def send_digest(
    config: Config, *, now: str, brand: str = "", pauses: Sequence[float] = PAUSES, sleep: Callable[[float], None] = time.sleep
) -> Delivery:
    """Send the digest of the last full week before `now` (UTC ISO) to each recipient who has not got it.

    Raises `DeliveryError` when nobody is configured, another process is sending, or the server cannot be used as configured.
    """
    require_recipients(config)
    brand = brand or config.own_brand.id
    key = week_key(config, brand, now)
    with sole_sender(config.database), contextlib.closing(open_private(config.database)) as outbox:
        away = find_unsubscribed(outbox)
        wanted = [address for address in dict.fromkeys(config.digest.to) if address.lower() not in away]
        compose_missing(outbox, config, wanted, key=key, brand=brand, now=now)
        waiting = [message for message in find_unsent(outbox, key) if message.recipient in wanted]
        server = MailServer(config.digest, config.secrets.get("smtp_password", ""))
        sent, failed = send_all(outbox, server, waiting, now=now, pauses=pauses, sleep=sleep)
    return Delivery(
        key=key,
        sent=tuple(sent),
        before=tuple(address for address in wanted if address not in {message.recipient for message in waiting}),
        unsubscribed=tuple(address for address in config.digest.to if address.lower() in away),
        failed=tuple(failed),
    )


def require_recipients(config: Config) -> None:
    """Say what is missing rather than send to nobody in silence."""
    if not config.digest.to:
        raise DeliveryError(f'{config.path.name}: digest.to: is empty; add addresses, like to = ["ana@example.com"]')


@contextlib.contextmanager
def sole_sender(database: Path) -> Iterator[None]:
    """Let one process send at a time; the lock falls when the process ends, however it ends."""
    path = database.with_suffix(".sending")
    try:
        with hold(path):
            yield
    except Held as error:
        raise DeliveryError(f"{path}: process {error.holder} is sending the digest now; wait until it has ended") from None


def compose_missing(outbox: Database, config: Config, wanted: Sequence[str], *, key: str, brand: str, now: str) -> None:
    """Put into the outbox what was not composed yet, so that a later attempt sends the very same message."""
    missing = [address for address in wanted if address not in find_composed(outbox, key)]
    if not missing:
        return
    with contextlib.closing(read_database(config.database)) as db:
        message = compose_digest(db, config, now=now, brand=brand)
    for address in missing:
        put_message(outbox, key=key, recipient=address, message=address_to(message, address), created=now)


def address_to(message: EmailMessage, address: str) -> bytes:
    """The bytes of a message for one recipient, with a Message-ID of its own that stays the same at every attempt."""
    local, _, domain = str(message["Message-ID"]).strip("<>").partition("@")
    mark = hashlib.sha256(address.encode()).hexdigest()[:10]
    for header, value in (("To", address), ("Message-ID", f"<{local}.{mark}@{domain}>")):
        del message[header]
        message[header] = value
    return message.as_bytes()


def send_all(
    outbox: Database,
    server: MailServer,
    waiting: Sequence[OutboxMessage],
    *,
    now: str,
    pauses: Sequence[float],
    sleep: Callable[[float], None],
) -> tuple[list[str], list[tuple[str, str]]]:
    """Try each message, then those that failed for now again after each pause: (sent, failed with reasons)."""
    sent: list[str] = []
    refused: dict[str, str] = {}
    again = dict.fromkeys((message.recipient for message in waiting), "")
    for pause in (0.0, *pauses):
        pending = [message for message in waiting if message.recipient in again]
        if pending:
            sleep(pause)
            accepted, denied, again = send_round(outbox, server, pending, now=now)
            sent += accepted
            refused |= denied
    return sent, list((refused | again).items())


def send_round(
    outbox: Database, server: MailServer, waiting: Sequence[OutboxMessage], *, now: str
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """Try every message once: (accepted, refused for good, to be tried again), the latter two with reasons."""
    accepted: list[str] = []
    refused: dict[str, str] = {}
    again: dict[str, str] = {}
    for message in waiting:
        begin_attempt(outbox, message.id)
        try:
            # A connection each: one message that upsets the server does not take the others with it.
            with server.connect() as connection:
                send_message(connection, message.message, message.recipient)
                mark_sent(outbox, message.id, now)
            accepted.append(message.recipient)
        except Refused as error:
            refused[message.recipient] = note_failure(outbox, message, error)
        except TemporaryFailure as error:
            again[message.recipient] = note_failure(outbox, message, error)
        except DeliveryError as error:
            note_failure(outbox, message, error)
            raise
    return accepted, refused, again


def note_failure(outbox: Database, message: OutboxMessage, error: Exception) -> str:
    """Keep the reason beside the message."""
    mark_failed(outbox, message.id, str(error))
    return str(error)
