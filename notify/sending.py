"""Mail over SMTP: a verified connection, one message at a time, faults told apart by who can mend them."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy

from config import Digest

TIMEOUT_SECONDS = 30


class DeliveryError(RuntimeError):
    """No message can be sent as configured; the text names the setting and the fix."""


class TemporaryFailure(Exception):
    """The server asks to try again later, or could not be reached."""


class Refused(Exception):
    """The server will never take this message for this recipient."""


@dataclass(frozen=True)
class MailServer:
    """The mail server of the configuration, with the password from the environment."""

    digest: Digest
    password: str = ""

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return f"{self.digest.smtp_host}:{self.digest.smtp_port}"

    @contextlib.contextmanager
    def connect(self) -> Iterator[smtplib.SMTP]:
        """Connect, secure and log in. Raises `TemporaryFailure` or, where only the user can help, `DeliveryError`."""
        with explained(self):
            server = self.greet()
            try:
                if self.digest.smtp_security == "starttls":
                    server.starttls(context=self.trust())
                if self.digest.smtp_user:
                    server.login(self.digest.smtp_user, self.password)
                yield server
            finally:
                # A rude goodbye cannot take back that a message was accepted.
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()

    def greet(self) -> smtplib.SMTP:
        """Open the connection, inside TLS from the first byte where the configuration says so."""
        host, port = self.digest.smtp_host, self.digest.smtp_port
        if self.digest.smtp_security == "tls":
            return smtplib.SMTP_SSL(host, port, own_name(), timeout=TIMEOUT_SECONDS, context=self.trust())
        return smtplib.SMTP(host, port, own_name(), timeout=TIMEOUT_SECONDS)

    def trust(self) -> ssl.SSLContext:
        """Whom to believe: the system's authorities and the configured one. Without a context smtplib verifies nothing."""
        context = ssl.create_default_context()
        if self.digest.smtp_ca_file:
            try:
                context.load_verify_locations(self.digest.smtp_ca_file)
            except (OSError, ssl.SSLError) as error:
                raise DeliveryError(
                    f"digest.smtp_ca_file: {self.digest.smtp_ca_file!r} cannot be read as certificates ({error}); "
                    "name a PEM file of your mail server's authority"
                ) from error
        return context


def own_name() -> str:
    """What to call ourselves: smtplib would ask the name server, which can take a minute to say that it does not know."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


@contextlib.contextmanager
def explained(server: MailServer) -> Iterator[None]:
    """Sort the faults of a connection by who can mend them: time, or the user."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            f"digest.smtp_host: the certificate of {server.place} is not trusted ({error.verify_message}); "
            "set smtp_ca_file to its authority, or smtp_host to the name in the certificate"
        ) from error
    except ssl.SSLError as error:
        raise DeliveryError(
            f"digest.smtp_security: {server.place} does not speak {server.digest.smtp_security!r} ({error.reason or error}); "
            'try "starttls" (usually port 587) or "tls" (usually port 465)'
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise TemporaryFailure(f"{server.place}: {error.smtp_code} {words(error.smtp_error)}") from error
        raise DeliveryError(
            f"digest.smtp_user: {server.place} refused {server.digest.smtp_user!r} ({words(error.smtp_error)}); "
            "set REPUTE_SMTP_PASSWORD to the password of this user"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(
            f"digest.smtp_security: {server.place} cannot do what the configuration asks ({error}); "
            'set smtp_security to "tls" or "none", or leave smtp_user out'
        ) from error
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException, OSError) as error:
        raise TemporaryFailure(f"{server.place}: {error}") from error


def send_message(server: smtplib.SMTP, message: bytes, recipient: str) -> None:
    """Hand one stored message to the server. Raises `TemporaryFailure` (4xx) or `Refused` (5xx) with the server's words."""
    parsed = message_from_bytes(message, policy=policy.SMTP)
    try:
        server.send_message(parsed, to_addrs=[recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = error.recipients[recipient]
        raise fault(code, text) from error
    except smtplib.SMTPResponseException as error:
        raise fault(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(f"{recipient}: the server takes no address with these letters ({error})") from error


def fault(code: int, text: bytes | str) -> TemporaryFailure | Refused:
    """A reply of the server as the exception that says whether trying again makes sense (RFC 5321, 4.2.1)."""
    reply = f"{code} {words(text)}"
    return TemporaryFailure(reply) if 400 <= code < 500 or code < 0 else Refused(reply)


def words(text: bytes | str) -> str:
    """A server's reply as one line."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(plain.split())
