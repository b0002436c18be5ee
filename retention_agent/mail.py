"""Sends plain-text messages through the council's mail server.

The connection is encrypted and the server's certificate verified, except to a server on this very
machine. Headers are made by the standard library's policy, which refuses a line break in them.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from retention_agent.config import Mail
from retention_agent.errors import RetentionError, UsageError

SECONDS = 30
PASSWORD = "RETENTION_MAIL_PASSWORD"  # noqa: S105  (the name of a variable)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person; the same `matters` always have the same message id."""

    address: str
    subject: str
    text: str
    matters: tuple[str, ...]


def password_of(settings: Mail, from_environment: str | None) -> str | None:
    """The password to sign in with, or None where the server asks for none.

    Raises:
        UsageError: a user name is configured and no password can be found.
    """
    if settings.username is None:
        return None
    if settings.password_file is None:
        if not from_environment:
            raise UsageError(
                "mail.username is set and there is no password",
                f"Name a mail.password_file, or set {PASSWORD}.",
            )
        return from_environment
    try:
        return Path(settings.password_file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"mail.password_file cannot be read: {error}") from error


def send(settings: Mail, password: str | None, letter: Letter, now: datetime) -> None:
    """Hand one letter to the server; it has taken it when this returns.

    Raises:
        RetentionError: it has not; the message is what the server or the network said.
    """
    try:
        with _connected(settings) as server:
            if settings.username is not None and password is not None:
                server.login(settings.username, password)
            server.send_message(message(settings.sender, letter, now))
    except smtplib.SMTPRecipientsRefused as error:
        raise RetentionError(_said(error.recipients.values())) from error
    except smtplib.SMTPResponseException as error:
        raise RetentionError(_said([(error.smtp_code, error.smtp_error)])) from error
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise RetentionError(f"{type(error).__name__}: {error}") from error


def message(sender: str, letter: Letter, now: datetime) -> EmailMessage:
    """The letter as a message, plain text only."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = letter.address
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(now)
    digest = hashlib.sha256("\n".join((letter.address, *letter.matters)).encode()).hexdigest()
    made["Message-ID"] = f"<{digest[:32]}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(letter.text)
    return made


def _connected(settings: Mail) -> smtplib.SMTP:
    about = (settings.host, settings.port)
    if settings.security == "none":
        return smtplib.SMTP(*about, timeout=SECONDS)
    verified = ssl.create_default_context(cafile=settings.ca_file)
    if settings.security == "tls":
        return smtplib.SMTP_SSL(*about, timeout=SECONDS, context=verified)
    server = smtplib.SMTP(*about, timeout=SECONDS)
    try:
        server.starttls(context=verified)
    except BaseException:
        server.close()
        raise
    return server


def _said(answers: Iterable[tuple[int, bytes | str]]) -> str:
    return "; ".join(
        f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"
        for code, text in answers
    )
