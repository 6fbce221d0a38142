"""Handing notices over: to a folder of .eml files, or to a mail server by SMTP (RFC 5321), always by TLS outside this machine."""

import smtplib
import ssl
import uuid
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from lms.notices.rules import Text
from lms.settings import LOOPBACK, Settings

SECONDS: Final = 20.0
PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice as it goes out."""

    id: uuid.UUID
    name: str
    email: str
    text: Text
    written_at: datetime


class Post(Protocol):
    """Somebody who takes a notice and sees that it arrives. Raises OSError when it cannot be handed over."""

    def hand_over(self, notice: Letter) -> str:
        """Hand a notice over; the answer names where it went. The same one again does no harm."""
        ...


def message(notice: Letter, *, sender: tuple[str, str]) -> EmailMessage:
    """The notice as a plain-text message (RFC 5322). Its Message-ID is made of the notice's id, so that a second copy is known as one."""
    made = EmailMessage()
    made["From"] = formataddr(sender)
    made["To"] = formataddr((notice.name, notice.email))
    made["Subject"] = notice.text.subject
    made["Date"] = format_datetime(notice.written_at)
    made["Message-ID"] = f"<{notice.id}@{sender[1].rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(notice.text.body)
    return made


class FolderPost:
    """Puts each notice into a folder as one .eml file, for an installation without a mail server and for the demonstration."""

    def __init__(self, folder: Path, *, sender: tuple[str, str]) -> None:
        self._folder = folder
        self._sender = sender

    def hand_over(self, notice: Letter) -> str:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"{notice.written_at:%Y%m%dT%H%M%S}-{notice.id}.eml"
        part = path.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_bytes(message(notice, sender=self._sender).as_bytes())
        part.replace(path)
        return f"folder {self._folder.name}"


class SmtpPost:
    """Hands each notice to a mail server: smtps:// speaks TLS at once, smtp:// must change to it unless the server is on this machine."""

    def __init__(self, url: str, *, sender: tuple[str, str]) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def hand_over(self, notice: Letter) -> str:
        host = self._url.hostname or ""
        try:
            with self._opened(host) as server:
                if self._url.scheme == "smtp" and host not in LOOPBACK:
                    server.starttls(context=ssl.create_default_context())
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(message(notice, sender=self._sender))
        except smtplib.SMTPException as refusal:
            raise OSError(f"{host}: {refusal}") from refusal
        return f"mail server {host}"

    def _opened(self, host: str) -> smtplib.SMTP:
        port = self._url.port or PORTS[self._url.scheme]
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=SECONDS)


def post_of(settings: Settings) -> Post:
    """The way in which this installation sends notices."""
    host = urlsplit(settings.url).hostname or "localhost"
    sender = (settings.product_name, settings.mail_from or f"notices@{host}")
    if settings.smtp_url:
        return SmtpPost(settings.smtp_url, sender=sender)
    return FolderPost(settings.data / "mail", sender=sender)
