"""A whole exam day against a running server: `python3 run.py bench examday`. Figures for people; only a lost answer makes it fail."""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from sqlalchemy import update

from lms.accounts.models import User, UserSession
from lms.app import open_site
from lms.db.session import Database
from lms.settings import Settings
from tests.bench.measure import percentile
from tests.bench.training import PROCTOR, QUESTIONS, Trainee, train
from tests.bench.unit import bare_page
from tests.bench.visit import Visit
from tests.support import processes
from tests.support.cast import FAST_HASH, PASSWORD
from tests.support.crashes import Desk, Examinee, Receipt, lost_answers, opened
from tests.support.databases import PostgresServer
from tests.support.served import Served, free_port
from tests.support.wire import Wire

OFFICERS_A_CONSOLE = 30
BETWEEN_LOOKS = 2.0
"""Seconds after which a console looks again."""
CONSOLE = "/proctoring"
WATCHED_EVERY = 1.0
USUAL = 0.18
"""U in milliseconds on an idle core of the machine that the goals were set on."""


@dataclass(frozen=True, slots=True)
class Day:
    """What is asked for."""

    officers: int
    think: float
    database: str
    consoles: int


@dataclass(slots=True)
class Counted:
    """What happened, as the driver saw it. Saves and looks in milliseconds, memory in MiB."""

    saves: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    memory: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def adds(self, requests: int) -> None:
        """Count requests that were answered."""
        with self.lock:
            self.requests += requests


@dataclass(slots=True)
class Sitter:
    """An officer with a session. Every answer is sent as the page's script does, once, and its receipt is kept."""

    visit: Visit
    think: float
    counted: Counted
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def sits(self, late: float) -> None:
        """The attempt from the exam's page to the result; arriving `late` seconds after the first."""
        time.sleep(late)
        try:
            self.visit.opens_the_exam()
            self.visit.starts()
            for position in range(1, QUESTIONS + 1):
                self._answers(position)
            self.visit.reviews()
            self.visit.hands_in()
            self.visit.opens_the_result()
            self.counted.adds(5 + 2 * QUESTIONS)
        except Exception as fault:  # noqa: BLE001 - one officer's fault is counted, and the day goes on
            self.counted.faults.append(f"{type(fault).__name__}: {fault}"[:300])
        finally:
            self.visit.wire.close()

    def _answers(self, position: int) -> None:
        self.visit.reads_question(position)
        time.sleep(self.think)
        key = f"{self.visit.attempt}-{position}"
        begun = time.perf_counter()
        answer = self.visit.sends_answer(position, key)
        self.counted.saves.append((time.perf_counter() - begun) * 1000)
        self.receipts[key] = json.loads(answer.text)

    def desk(self) -> Desk:
        """The same officer as the reckoning knows them."""
        desk = Desk(Examinee(self.visit.trainee.email, self.visit.attempt_id, {}), self.visit.wire, Event())
        desk.receipts = self.receipts
        return desk


def main(arguments: list[str]) -> int:
    """Play the day and print its figures; 1 when an acknowledged answer is not stored."""
    parser = argparse.ArgumentParser(prog="run.py bench examday", description=__doc__)
    parser.add_argument("--officers", type=int, default=32)
    parser.add_argument("--think", type=float, default=0.0, help="seconds between seeing a question and answering it")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--consoles", type=int, help=f"proctors who watch; default: one for {OFFICERS_A_CONSOLE} officers")
    asked = parser.parse_args(arguments)
    consoles = asked.consoles if asked.consoles is not None else -(-asked.officers // OFFICERS_A_CONSOLE)
    day = Day(asked.officers, asked.think, asked.database, consoles)
    with tempfile.TemporaryDirectory(prefix="lms-examday-", dir="/var/tmp") as name, database(day) as environment:
        return play(day, Path(name), environment)


@contextmanager
def database(day: Day) -> Iterator[dict[str, str]]:
    """What the server's environment says of the database."""
    if day.database == "sqlite":
        yield {}
        return
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="lms-postgres-", dir="/var/tmp")))
    try:
        with server.fresh_database() as found:
            yield {"LMS_DATABASE_URL": found.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")}
    finally:
        server.stop()


def play(day: Day, folder: Path, environment: dict[str, str]) -> int:
    """The day on a server in `folder`."""
    trainees, address = prepared(day, folder, environment)
    counted = Counted()
    unit = bare_page(folder / "bare-before")
    with Served(folder / "data", port=free_port(), LMS_DATABASE_URL=environment.get("LMS_DATABASE_URL", "")) as server:
        sitters = [Sitter(Visit(one, Wire(server.port)), day.think, counted) for one in trainees]
        proctors = [Wire(server.port) for _ in range(day.consoles)]
        with ThreadPoolExecutor(8) as doors:
            list(doors.map(lambda one: one.visit.signs_in(), sitters))
            list(doors.map(signs_in, proctors))
        prove_everybody(address)
        look = cost_of_a_look(proctors[0], server) if proctors else 0.0
        before, begun = processes.cpu_seconds(server.group), time.perf_counter()
        with watched(server, counted), looking(proctors, counted):
            together(sitters, day.think)
        spent, took = processes.cpu_seconds(server.group) - before, time.perf_counter() - begun
    unit = (unit + bare_page(folder / "bare-after")) / 2
    with opened(address) as session:
        lost = lost_answers(session, [one.desk() for one in sitters])
    tell(day, counted, spent=spent, took=took, look=look, lost=len(lost), unit=unit)
    return 1 if lost or counted.faults else 0


def prepared(day: Day, folder: Path, environment: dict[str, str]) -> tuple[list[Trainee], str]:
    """Officers who may start, and the address of the database. Sign-in is apart, so that a quick hash is theirs."""
    settings = Settings.from_env(environment, data=folder / "data", compress=False)
    settings.data.mkdir(parents=True)
    site = open_site(settings)
    trainees = train(site, folder, officers=day.officers)
    with site.database.writing() as session:
        session.execute(update(User).values(password_hash=FAST_HASH))
    site.database.close()
    return trainees, settings.database


def signs_in(proctor: Wire) -> None:
    """Sign in with the password."""
    proctor.opens("/sign-in")
    proctor.sends("/sign-in", email=PROCTOR, password=PASSWORD)


def prove_everybody(address: str) -> None:
    """Let every session have proved a second factor, which is apart as the sign-in is."""
    found = Database(address)
    with found.writing() as session:
        session.execute(update(UserSession).values(proven_at=UserSession.created_at))
    found.close()


def look_again(proctor: Wire) -> None:
    """Ask for what a console shows."""
    proctor.opens(CONSOLE)


def cost_of_a_look(proctor: Wire, server: Served, looks: int = 20) -> float:
    """CPU milliseconds of one look, measured before anybody is at work."""
    before = processes.cpu_seconds(server.group)
    for _ in range(looks):
        look_again(proctor)
    return (processes.cpu_seconds(server.group) - before) * 1000 / looks


def together(sitters: Sequence[Sitter], think: float) -> None:
    """Everybody sits, arriving one after the other over the time that one question takes."""
    threads = [Thread(target=one.sits, args=(think * number / len(sitters),)) for number, one in enumerate(sitters)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def looking(proctors: Sequence[Wire], counted: Counted) -> Iterator[None]:
    """Every console looks every other second while the block runs."""
    over = Event()

    def looks(proctor: Wire) -> None:
        while not over.wait(BETWEEN_LOOKS):
            begun = time.perf_counter()
            try:
                look_again(proctor)
            except Exception as fault:  # noqa: BLE001 - counted, and the day goes on
                counted.faults.append(f"{type(fault).__name__} at a console: {fault}"[:300])
            counted.looks.append((time.perf_counter() - begun) * 1000)
            counted.adds(1)
        proctor.close()

    threads = [Thread(target=looks, args=(one,)) for one in proctors]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def watched(server: Served, counted: Counted) -> Iterator[None]:
    """Note the most memory that the web workers hold while the block runs."""
    over = Event()

    def watch() -> None:
        while not over.wait(WATCHED_EVERY):
            counted.memory = max(counted.memory, processes.memory_mib_of(processes.web_workers(server.group)))

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def tell(day: Day, counted: Counted, *, spent: float, took: float, look: float, lost: int, unit: float) -> None:
    """Print the figures."""
    alone = spent - len(counted.looks) * look / 1000
    rows = {
        "officers, questions, seconds between": f"{day.officers}, {QUESTIONS}, {day.think:g}",
        "database": day.database,
        "consoles, each looking every 2 s": f"{day.consoles}, {len(counted.looks)} looks of {look:.1f} ms CPU",
        "seconds, requests, a second": f"{took:.0f}, {counted.requests}, {counted.requests / took:.0f}",
        "CPU s of all server processes": f"{spent:.2f}",
        "CPU s an attempt": f"{alone / day.officers:.3f} (with the consoles {spent / day.officers:.3f})",
        "the same where U is 0.18 ms": f"{alone / day.officers * USUAL / unit:.3f} (U is {unit:.3f} ms, measured before and after)",
        "save p50 / p95 / p99, ms": " / ".join(f"{percentile(counted.saves, percent):.2f}" for percent in (50, 95, 99)),
        "look p50 / p95, ms": " / ".join(f"{percentile(counted.looks, percent):.1f}" for percent in (50, 95)),
        "web workers, PSS in MiB": f"{counted.memory:.0f}",
        "acknowledged, not stored, errors": f"{len(counted.saves)}, {lost}, {len(counted.faults)}",
    }
    for name, value in rows.items():
        print(f"{name:<38}{value}")  # noqa: T201 - what the command is for
    for fault in sorted(set(counted.faults))[:5]:
        print(fault)  # noqa: T201 - as above
