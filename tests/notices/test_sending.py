"""Notices are written once, sent once, and what fails is told."""

import email
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.notices import queries, service
from lms.notices.models import Notice, NoticeFailure, NoticeSending, NoticeWaiting
from lms.notices.post import FolderPost, Letter, SmtpPost, post_of
from lms.notices.queries import State
from lms.notices.rules import TRIES, WORDINGS, Kind, example, filled
from lms.notices.service import Recipient
from lms.notices.sweeps import send_notices
from lms.settings import Settings, UnsafeSettings
from lms.web.site import Site

FROM = ("Delegated Authority Training", "notices@example.gov")
PATH = "/invitations/a-secret"
LINK = f"http://127.0.0.1:8000{PATH}"


def write(session: Session, clock: FrozenClock, *, key: str = "invitation:1", to: str = "dana@example.gov") -> bool:
    facts = WORDINGS[Kind.INVITATION].facts
    person = Recipient("Dana Rivera", to)
    return service.write(session, kind=Kind.INVITATION, key=key, to=person, facts=facts, path=PATH, now=clock.now())


def test_one_thing_is_told_once_however_often_it_is_asked(session: Session, clock: FrozenClock) -> None:
    assert write(session, clock) is True
    assert write(session, clock) is False
    assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_whoever_has_no_address_is_sent_nothing(session: Session, clock: FrozenClock) -> None:
    assert write(session, clock, to="") is False


def test_a_sent_notice_keeps_its_text_and_forgets_its_address(session: Session, clock: FrozenClock) -> None:
    write(session, clock)
    (waiting,) = queries.due(session, now=clock.now(), limit=5)
    assert waiting.path == PATH
    service.record_sending(session, notice_id=waiting.id, way="folder mail", now=clock.now())
    assert queries.due(session, now=clock.now(), limit=5) == []
    assert session.scalar(select(func.count()).select_from(NoticeWaiting)) == 0
    found = queries.notice(session, notice_id=waiting.id)
    assert found is not None
    assert found.row.state is State.SENT
    assert PATH not in found.text.body


def test_what_fails_waits_longer_each_time_and_is_given_up_in_the_end(session: Session, clock: FrozenClock) -> None:
    write(session, clock)
    for _ in range(TRIES):
        (waiting,) = queries.due(session, now=clock.now(), limit=5)
        service.record_failure(session, notice_id=waiting.id, why="mail.example.gov: refused", now=clock.now())
        assert queries.due(session, now=clock.now(), limit=5) == []
        clock.advance(timedelta(hours=9))
    assert queries.due(session, now=clock.now(), limit=5) == []
    found = queries.notice(session, notice_id=waiting.id)
    assert found is not None
    assert found.row.state is State.GIVEN_UP
    assert [failure.why for failure in found.failures] == ["mail.example.gov: refused"] * TRIES


def mails(folder: Path) -> list[Message]:
    return [email.message_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def test_the_worker_puts_notices_into_the_folder_and_a_second_time_changes_nothing(site: Site, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        write(session, clock)
    assert send_notices(site) == 1
    assert send_notices(site) == 0
    (mail,) = mails(site.settings.data / "mail")
    assert mail["To"] == "Dana Rivera <dana@example.gov>"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert LINK in body.decode()
    (path,) = (site.settings.data / "mail").iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_a_notice_handed_over_twice_is_one_file(clock: FrozenClock, tmp_path: Path) -> None:
    """A crash between handing over and recording repeats the notice: the folder holds it once, and mail is known by its Message-ID."""
    letter = a_letter(clock)
    post = FolderPost(tmp_path / "mail", sender=FROM)
    assert post.hand_over(letter) == post.hand_over(letter) == "folder mail"
    (mail,) = mails(tmp_path / "mail")
    assert mail["Message-ID"] == f"<{letter.id}@example.gov>"


def test_one_that_cannot_be_sent_does_not_hold_up_the_others(site: Site, clock: FrozenClock) -> None:
    with site.database.writing() as session:
        write(session, clock, key="a", to="nobody\nBcc: all@example.gov")
        write(session, clock, key="b")
    assert send_notices(site) == 1
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(NoticeSending)) == 1
        assert session.scalar(select(func.count()).select_from(NoticeFailure)) == 1


@contextmanager
def mail_server(*, refuses: bool = False) -> Iterator[tuple[int, list[str]]]:
    """A mail server that speaks just enough SMTP for one message; what it was told."""
    said: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve, args=(listening, said, refuses), daemon=True)
        thread.start()
        yield listening.getsockname()[1], said
        thread.join(10)


def _serve(listening: socket.socket, said: list[str], refuses: bool) -> None:
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as lines:
        reply(lines, b"220 ready")
        data = False
        for raw in lines:
            line = raw.decode().rstrip("\r\n")
            said.append(line)
            if data:
                data = line != "."
                if not data:
                    reply(lines, b"250 taken")
            elif line.upper() == "DATA":
                data = True
                reply(lines, b"354 go on")
            elif line.upper() == "QUIT":
                reply(lines, b"221 bye")
                return
            else:
                reply(lines, b"550 no such person" if refuses and line.upper().startswith("RCPT") else b"250 fine")


def reply(lines: object, answer: bytes) -> None:
    lines.write(answer + b"\r\n")  # type: ignore[attr-defined] # a file of both directions has no type of its own
    lines.flush()  # type: ignore[attr-defined] # as above


def a_letter(clock: FrozenClock) -> Letter:
    text = filled(example(Kind.INVITATION), link=LINK, product="Training", disclaimer="Not official")
    return Letter(new_id(), "Dana Rivera", "dana@example.gov", text, clock.now())


def test_a_mail_server_on_this_machine_takes_a_notice(clock: FrozenClock) -> None:
    with mail_server() as (port, said):
        way = SmtpPost(f"smtp://127.0.0.1:{port}", sender=FROM).hand_over(a_letter(clock))
    assert way == "mail server 127.0.0.1"
    assert "rcpt to:<dana@example.gov>" in [line.lower() for line in said]
    assert LINK in said


def test_a_mail_server_that_refuses_is_a_failure_that_says_why(clock: FrozenClock) -> None:
    with mail_server(refuses=True) as (port, _), pytest.raises(OSError, match="no such person"):
        SmtpPost(f"smtp://127.0.0.1:{port}", sender=FROM).hand_over(a_letter(clock))


def test_nothing_is_sent_in_clear_to_another_machine(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of another machine that leads here: the server offers no TLS, so the notice stays."""
    with mail_server() as (port, said):
        real = smtplib.SMTP.__init__
        monkeypatch.setattr(smtplib.SMTP, "__init__", lambda self, _, at, **rest: real(self, "127.0.0.1", at, **rest))
        with pytest.raises(OSError, match="STARTTLS"):
            SmtpPost(f"smtp://mail.example.gov:{port}", sender=FROM).hand_over(a_letter(clock))
    assert LINK not in said


def test_a_server_that_is_not_there_is_a_failure(clock: FrozenClock) -> None:
    notice = a_letter(clock)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for url in (f"smtp://127.0.0.1:{port}", f"smtps://127.0.0.1:{port}"):
        with pytest.raises((OSError, ssl.SSLError)):
            SmtpPost(url, sender=FROM).hand_over(notice)


def test_settings_choose_the_way_and_refuse_what_cannot_be_one(tmp_path: Path) -> None:
    assert isinstance(post_of(Settings(data=tmp_path)), FolderPost)
    assert isinstance(post_of(Settings(data=tmp_path, smtp_url="smtps://mail.example.gov")), SmtpPost)
    with pytest.raises(UnsafeSettings, match="LMS_SMTP_URL"):
        Settings.from_env({"LMS_SMTP_URL": "mail.example.gov"})
    with pytest.raises(UnsafeSettings, match="LMS_MAIL_FROM"):
        Settings.from_env({"LMS_MAIL_FROM": "nobody"})
