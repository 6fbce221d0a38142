"""`python3 run.py bench`: what an officer's visit costs on this machine, as tables. Nothing is kept and nothing is asserted.

`python3 run.py bench examday` plays an exam day.
"""

import sys
import tempfile
from pathlib import Path

from lms.accounts.passwords import ARGON2
from lms.app import create_app, open_site
from lms.settings import Settings
from tests.bench import examday
from tests.bench.measure import Figures, play
from tests.bench.training import QUESTIONS, Trainee, train
from tests.bench.unit import bare_page
from tests.bench.visit import PARTS, Visit
from tests.support.served import Served, free_port
from tests.support.statements import statements_on
from tests.support.wire import InProcess, Wire

CROWDS = ((1, 8), (8, 16), (32, 32))
"""How many officers are at work at a time, and how many visits are played in all."""
WARMING = 16


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as name:
        folder = Path(name)
        say("Measuring U, the cost of a bare page, before ...")
        before = bare_page(folder / "bare-before")
        say("Publishing the course and enrolling officers ...")
        trainees = prepare(folder)
        with Served(folder / "data", port=free_port()) as server:
            visits = [Visit(one, Wire(server.port)) for one in trainees[1:]]
            say(f"Warming up with {WARMING} visits ...")
            play([visits.pop() for _ in range(WARMING)], officers=8, group=server.group)
            found = [_played(visits, server, officers, count) for officers, count in CROWDS]
        say("... and after, as other work on this machine makes everything dearer ...")
        unit = (before + bare_page(folder / "bare-after")) / 2
        _print(found, unit, statements(folder, trainees[0]))


def prepare(folder: Path) -> list[Trainee]:
    """A data folder below `folder` with enough officers for every visit, and one more."""
    site = open_site(Settings(data=folder / "data", compress=False))
    site.settings.data.mkdir(parents=True)
    trainees = train(site, folder, officers=1 + WARMING + sum(count for _, count in CROWDS))
    site.database.close()
    return trainees


def _played(visits: list[Visit], server: Served, officers: int, count: int) -> Figures:
    say(f"Playing {count} visits, {officers} at a time ...")
    return play([visits.pop() for _ in range(count)], officers=officers, group=server.group)


def statements(folder: Path, trainee: Trainee) -> dict[str, float]:
    """How many statements one time of each part takes, with the identity's: counted in a process of its own visit."""
    site = open_site(Settings(data=folder / "data", compress=False))
    visit = Visit(trainee, InProcess(create_app(site)))
    counted: dict[str, float] = {}
    for part in PARTS:
        with statements_on(site.database) as heard:
            part.play(visit)
        counted[part.name] = len(heard) / part.times
    site.database.close()
    return counted


def _print(found: list[Figures], unit: float, counted: dict[str, float]) -> None:
    crowds = [f"{one.officers} at once" for one in found]
    tell(f"CPU of the server in milliseconds, in multiples of U, and SQL statements. U = {unit:.3f} ms, one bare page in the same run.")
    row("", *crowds, *(f"{one.officers} in U" for one in found), "statements")
    for part in PARTS:
        used = [one.milliseconds(part.name, part.times) for one in found]
        row(part.name, *(f"{ms:.2f}" for ms in used), *(f"{ms / unit:.1f}" for ms in used), f"{counted[part.name]:.2f}")
    tell(f"Sign-in: the page and the form, with argon2id t={ARGON2.time_cost}, m={ARGON2.memory_cost} KiB, p={ARGON2.parallelism}.")
    tell(f"\nAn attempt of {QUESTIONS} answers, each durable when acknowledged, from the first page to the result; sign-in apart.")
    row("", *crowds)
    row("CPU s per attempt", *(f"{one.attempt:.3f}" for one in found))
    row("in U", *(f"{one.attempt * 1000 / unit:.0f}" for one in found))
    row("CPU s where U is 0.18 ms", *(f"{one.attempt * 0.18 / unit:.3f}" for one in found))
    for percent in (50, 95, 99):
        row(f"save p{percent}, ms", *(f"{one.save_percentile(percent):.2f}" for one in found))
    row("peak memory, MiB (PSS)", *(f"{one.memory:.0f}" for one in found))


def row(name: str, *cells: str) -> None:
    """A line of a table."""
    tell(f"{name:<26}" + "".join(f"{cell:>12}" for cell in cells))


def tell(line: str) -> None:
    """Write a line of the result."""
    sys.stdout.write(f"{line}\n")


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["examday"]:
        sys.exit(examday.main(sys.argv[2:]))
    main()
