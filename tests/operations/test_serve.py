"""`lms serve` as people run it: a first start on an empty folder, a second one, an orderly stop and a sudden death."""

import gzip
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from tests.support.processes import of_group
from tests.support.served import HOST, ROOT, Served, free_port, wait_until_it_answers
from tests.support.wire import Answer, Wire


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, read whole."""

    status: int
    headers: Message
    body: bytes


class Serving:
    """`lms serve` in a process group of its own, ended whole whatever happens."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.log = data.with_name(f"{data.name}.{self.port}.log")

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "lms", "--data", str(self.data), "serve", "--port", str(self.port)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        wait_until_it_answers(self.port, self.process, self.log)
        return self

    def __exit__(self, *_: object) -> None:
        if living(self.process.pid):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def answers(self, path: str, **headers: str) -> Got:
        connection = HTTPConnection(HOST, self.port, timeout=30)
        with closing(connection):
            connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Got(answer.status, answer.headers, answer.read())


def living(group: int) -> list[int]:
    """The processes of a group that still run; one that ended and that nobody has asked about is no longer there."""
    return [pid for pid in of_group(group) if not ended(Path(f"/proc/{pid}/stat"))]


def ended(stat_file: Path) -> bool:
    try:
        return stat_file.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def all_end(group: int) -> bool:
    """Whether every process of a group ends within some seconds."""
    deadline = time.monotonic() + 15
    while living(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not living(group)


def secrets_of(data: Path) -> dict[str, bytes]:
    """The files that a second start must find as they are."""
    return {path.name: path.read_bytes() for path in data.rglob("*") if path.suffix == ".p12" or path.parent.name == "passphrases"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("served") / "instance") as serving:
        yield serving


def test_a_first_start_ends_with_a_site_that_is_healthy(first: Serving) -> None:
    answer = first.answers("/healthz")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok", "database": True, "migrated": True})


def test_a_first_start_tells_what_it_does_and_where_the_site_is(first: Serving) -> None:
    told = first.said
    assert [part for part in ("database", "Keys", "Course wso", "Bank library", f"http://127.0.0.1:{first.port}") if part not in told] == []


def test_the_link_for_the_first_administrator_opens(first: Serving) -> None:
    link = re.search(r"http://127\.0\.0\.1:\d+(/invitations/\S+)", first.said)
    assert link is not None
    assert first.answers(link[1]).status == 200


def test_only_the_operator_can_read_what_a_first_start_made(first: Serving) -> None:
    open_to_others = {
        str(path.relative_to(first.data.parent)): oct(mode)
        for path in [first.data, *first.data.rglob("*")]
        if "static" not in path.parts
        if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077 or (path.is_file() and mode != 0o600)
    }
    assert open_to_others == {}
    assert len(secrets_of(first.data)) == 7
    assert len((first.data / "cookie.secret").read_bytes()) == 32


def test_static_files_are_kept_for_good_and_sent_compressed_under_the_security_headers(first: Serving) -> None:
    page = first.answers("/sign-in").body.decode()
    address = re.search(r"/static/[0-9a-f]{12}/css/lms\.css", page)
    assert address is not None
    plain, small = first.answers(address[0]), first.answers(address[0], Accept_Encoding="gzip")
    assert re.fullmatch(r"max-age=\d{8,}, public, immutable", plain.headers["Cache-Control"])
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body
    assert first.answers(address[0], Accept_Encoding="br").headers["Content-Encoding"] == "br"
    for answer in (plain, small, first.answers("/healthz"), first.answers("/no/such/page")):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_several_processes_serve_and_another_does_the_periodic_work(first: Serving) -> None:
    assert len(living(first.process.pid)) >= 4
    with sqlite3.connect(first.data / "lms.db") as database:
        deadline = time.monotonic() + 20
        while not database.execute("SELECT * FROM lease").fetchall():
            assert time.monotonic() < deadline, first.said
            time.sleep(0.1)
    database.close()


def test_a_second_site_on_the_same_port_is_refused(first: Serving, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lms", "--data", str(tmp_path / "other"), "serve", "--port", str(first.port)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert f"127.0.0.1:{first.port} cannot be used" in done.stderr
    assert not (tmp_path / "other").exists()


def test_a_second_start_keeps_what_is_there_and_a_stop_lets_a_request_under_way_be_answered(first: Serving) -> None:
    before = secrets_of(first.data)
    with Serving(first.data) as again:
        assert secrets_of(first.data) == before
        assert "published already" in again.said
        assert "Keys" not in again.said
        assert answers_while_stopping(again) == [422]
        assert again.process.wait(30) == 0
        assert all_end(again.process.pid)
        assert '"ERROR"' not in again.said


def answers_while_stopping(serving: Serving) -> list[int]:
    """What a sign-in is answered that waits for the database while the site is told to stop."""
    answers: list[Answer] = []
    wire = Wire(serving.port)
    wire.opens("/sign-in")
    lock = sqlite3.connect(serving.data / "lms.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    fields = {"email": "nobody@example.gov", "password": "a wrong one, for the failure is written down"}
    thread = Thread(target=lambda: answers.append(wire.sends_by_script("/sign-in", **fields)))
    thread.start()
    time.sleep(1)  # by now the request waits for the database
    serving.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert not answers
    lock.execute("ROLLBACK")
    lock.close()
    thread.join(30)
    wire.close()
    return [answer.status for answer in answers]


def test_a_site_that_dies_suddenly_leaves_no_process_behind(first: Serving) -> None:
    with Served(first.data, port=free_port()) as served:
        os.kill(served.group, signal.SIGKILL)
        assert all_end(served.group)


def test_ctrl_c_stops_every_process_though_a_browser_keeps_its_connection(first: Serving) -> None:
    with Served(first.data, port=free_port()) as served:
        browser = HTTPConnection(HOST, served.port, timeout=30)
        browser.request("GET", "/healthz")
        assert browser.getresponse().read()
        os.killpg(served.group, signal.SIGINT)
        assert all_end(served.group)
        browser.close()
