"""The digest reaches its recipients once, over a real SMTP server on loopback."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
import ssl
from email import message_from_bytes, policy

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from planted_store import NOW, plant_store, planted_config

from config import Config, Digest
from notify.delivery import send_digest
from notify.sending import DeliveryError
from store.database import open_private

QUICK = (0.01, 0.01, 0.01)


class Inbox:
    """A handler that keeps what arrives, and refuses as told."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.replies: dict[str, list[str]] = {}
        """Recipient -> replies to give before accepting."""
        self.secured: list[bool] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        waiting = self.replies.get(address)
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.secured.append(session.ssl is not None)
        self.messages += [(address, envelope.original_content) for address in envelope.rcpt_tos]
        return "250 accepted"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def mail_server(inbox: Inbox, **options):
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example", **options)
    controller.start()
    try:
        yield controller
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server_context(authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def config(tmp_path) -> Config:
    made = planted_config(tmp_path)
    plant_store(made)
    return made


def with_mail(config: Config, port: int, **changes) -> Config:
    digest = Digest(
        **{
            "to": ("ana@example.com", "bo@example.com"),
            "sender": "repute@example.com",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
        }
        | changes
    )
    return dataclasses.replace(config, digest=digest)


def outbox_rows(config: Config) -> list[tuple]:
    with contextlib.closing(open_private(config.database)) as db:
        return db.execute("select recipient, sent, attempts, error from outbox order by id").fetchall()


def message_ids(inbox: Inbox) -> list[str]:
    return [message_from_bytes(content, policy=policy.default)["Message-ID"] for _, content in inbox.messages]


def test_each_recipient_gets_the_digest_once_however_often_it_is_sent(config):
    inbox = Inbox()
    with mail_server(inbox) as server:
        mailed = with_mail(config, server.port)
        first = send_digest(mailed, now=NOW, pauses=QUICK)
        second = send_digest(mailed, now="2026-10-06T09:00:00Z", pauses=QUICK)
    assert first.sent == ("ana@example.com", "bo@example.com")
    assert (second.sent, second.before) == ((), ("ana@example.com", "bo@example.com"))
    assert [address for address, _ in inbox.messages] == ["ana@example.com", "bo@example.com"]
    assert len(set(message_ids(inbox))) == 2
    assert outbox_rows(mailed) == [("ana@example.com", NOW, 1, None), ("bo@example.com", NOW, 1, None)]


def test_what_arrives_is_the_composed_message(config):
    inbox = Inbox()
    with mail_server(inbox) as server:
        send_digest(with_mail(config, server.port, to=("ana@example.com",)), now=NOW, pauses=QUICK)
    message = message_from_bytes(inbox.messages[0][1], policy=policy.default)
    assert (message["To"], message["From"]) == ("ana@example.com", "repute@example.com")
    assert message.get_content_type() == "multipart/alternative"
    assert "ٹیمرنڈ" in message.get_body(("plain",)).get_content()
    assert "ٹیمرنڈ" in message.get_body(("html",)).get_content()


def test_a_server_that_asks_for_patience_gets_the_message_later(config):
    inbox = Inbox()
    inbox.replies["ana@example.com"] = ["451 greylisted", "421 busy"]
    pauses = []
    with mail_server(inbox) as server:
        mailed = with_mail(config, server.port)
        delivery = send_digest(mailed, now=NOW, pauses=(1, 5, 25), sleep=pauses.append)
    assert sorted(delivery.sent) == ["ana@example.com", "bo@example.com"]
    assert delivery.failed == ()
    assert pauses == [0, 1, 5]
    assert outbox_rows(mailed)[0] == ("ana@example.com", NOW, 3, None)


def test_one_refused_recipient_does_not_stop_the_others(config):
    inbox = Inbox()
    inbox.replies["ana@example.com"] = ["550 no such user"] * 9
    with mail_server(inbox) as server:
        mailed = with_mail(config, server.port)
        delivery = send_digest(mailed, now=NOW, pauses=QUICK)
    assert delivery.sent == ("bo@example.com",)
    assert delivery.failed == (("ana@example.com", "550 no such user"),)
    assert outbox_rows(mailed) == [("ana@example.com", None, 1, "550 no such user"), ("bo@example.com", NOW, 1, None)]


def test_a_server_that_is_down_leaves_the_mail_for_the_next_run(config):
    inbox = Inbox()
    port = free_port()
    mailed = with_mail(config, port)
    delivery = send_digest(mailed, now=NOW, pauses=QUICK)
    assert delivery.sent == ()
    assert [address for address, _ in delivery.failed] == ["ana@example.com", "bo@example.com"]
    assert f"127.0.0.1:{port}" in delivery.failed[0][1]
    with mail_server(inbox) as server:
        later = send_digest(with_mail(config, server.port), now=NOW, pauses=QUICK)
    assert later.sent == ("ana@example.com", "bo@example.com")


def test_a_kill_between_sending_and_marking_repeats_the_same_message_once(config, monkeypatch):
    inbox = Inbox()

    def killed(*_):
        raise KeyboardInterrupt

    with mail_server(inbox) as server:
        mailed = with_mail(config, server.port, to=("ana@example.com",))
        monkeypatch.setattr("notify.delivery.mark_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            send_digest(mailed, now=NOW, pauses=QUICK)
        monkeypatch.undo()
        send_digest(mailed, now="2026-10-05T09:30:00Z", pauses=QUICK)
        send_digest(mailed, now="2026-10-05T10:00:00Z", pauses=QUICK)
    assert len(inbox.messages) == 2
    assert inbox.messages[0] == inbox.messages[1]


def test_starttls_is_verified_against_the_configured_authority(config, authority, server_context, tmp_path):
    inbox = Inbox()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mail_server(inbox, tls_context=server_context, require_starttls=True) as server:
        mailed = with_mail(config, server.port, smtp_security="starttls", smtp_ca_file=str(tmp_path / "ca.pem"))
        assert send_digest(mailed, now=NOW, pauses=QUICK).sent == ("ana@example.com", "bo@example.com")
    assert inbox.secured == [True, True]


def test_a_certificate_that_nobody_vouches_for_stops_the_sending(config, server_context):
    inbox = Inbox()
    with (
        mail_server(inbox, tls_context=server_context, require_starttls=True) as server,
        pytest.raises(DeliveryError, match=r"is not trusted.*set smtp_ca_file"),
    ):
        send_digest(with_mail(config, server.port, smtp_security="starttls"), now=NOW, pauses=QUICK)
    assert inbox.messages == []


def test_a_server_without_starttls_is_not_spoken_to_in_the_open(config):
    inbox = Inbox()
    with mail_server(inbox) as server, pytest.raises(DeliveryError, match="smtp_security"):
        send_digest(with_mail(config, server.port, smtp_security="starttls"), now=NOW, pauses=QUICK)
    assert inbox.messages == []


def test_a_wrong_password_says_which_setting_mends_it(config):
    inbox = Inbox()

    def authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == b"right", handled=False)

    with mail_server(inbox, authenticator=authenticate, auth_require_tls=False) as server:
        mailed = with_mail(config, server.port, smtp_user="repute")
        wrong = dataclasses.replace(mailed, secrets={"smtp_password": "wrong"})
        with pytest.raises(DeliveryError, match="REPUTE_SMTP_PASSWORD"):
            send_digest(wrong, now=NOW, pauses=QUICK)
        right = dataclasses.replace(mailed, secrets={"smtp_password": "right"})
        assert len(send_digest(right, now=NOW, pauses=QUICK).sent) == 2


def test_who_unsubscribed_gets_nothing(config):
    inbox = Inbox()
    with contextlib.closing(open_private(config.database)) as db:
        db["recipients"].insert({"address": "Bo@example.com", "unsubscribed": NOW})
        db.conn.commit()
    with mail_server(inbox) as server:
        delivery = send_digest(with_mail(config, server.port), now=NOW, pauses=QUICK)
    assert (delivery.sent, delivery.unsubscribed) == (("ana@example.com",), ("bo@example.com",))


def test_nobody_to_send_to_is_an_error_and_not_a_silence(config):
    with pytest.raises(DeliveryError, match=r"digest\.to: is empty"):
        send_digest(config, now=NOW)


def test_two_processes_do_not_send_at_once(config):
    from notify.delivery import sole_sender

    with sole_sender(config.database), pytest.raises(DeliveryError, match=f"process {os.getpid()} is sending the digest now"):
        send_digest(with_mail(config, 1), now=NOW)
