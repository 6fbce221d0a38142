"""`lms banks check`, `lms banks publish` and `lms banks import`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lms.accounts.rules import SYSTEM
from lms.facts.faults import refusing
from lms.facts.source import register_in
from lms.facts.standing import beside, objectives_in
from lms.kernel.clock import SystemClock
from lms.kernel.content import banks_root, courses_root
from lms.kernel.errors import Refusal
from lms.questions import service
from lms.questions.source import Bank, banks_in

if TYPE_CHECKING:
    from lms.web.site import Site

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
COURSES = click.option(
    "--courses",
    "courses_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The courses whose objectives and facts the questions name. Default: the folder `courses` beside DIR, else the shipped ones.",
)


@click.group()
def banks() -> None:
    """Check question banks, and publish them."""


@banks.command()
@FOLDER
@COURSES
def check(folder: Path, courses_folder: Path | None) -> None:
    """Name file, line and fix for every fault of the question banks in DIR."""
    found = sound_banks(folder, courses_folder=courses_folder, today=SystemClock().now().date())
    click.echo(f"No faults: {sum(len(bank.questions) for bank in found)} questions in {len(found)} bank(s).")


@banks.command()
@FOLDER
@COURSES
@click.option("--replace", is_flag=True, help="Also replace a private bank by a public one.")
@click.option("--once", is_flag=True, help="Leave alone what was ever published before, even if something newer has replaced it.")
def publish(folder: Path, courses_folder: Path | None, *, replace: bool, once: bool) -> None:
    """Publish the question banks in DIR as new revisions; those that have not changed stay as they are."""
    site: Site = click.get_current_context().obj
    now = site.clock.now()
    for bank in sound_banks(folder, courses_folder=courses_folder, today=now.date()):
        try:
            with site.database.writing() as session:
                done = service.publish(session, actor=SYSTEM, bank=bank, now=now, replace=replace, once=once)
        except Refusal as refusal:
            raise click.ClickException(str(refusal)) from refusal
        said = "published" if done.changed else "nothing changed since"
        click.echo(f"Bank {done.bank_id}: {said} revision {done.number} ({done.questions} questions, {done.hash[:12]}).")


@banks.command("import")
@FOLDER
@COURSES
def import_bank(folder: Path, courses_folder: Path | None) -> None:
    """Bring in the closed banks of DIR, which lies outside the program: they take the place of public ones of the same id."""
    site: Site = click.get_current_context().obj
    now = site.clock.now()
    if folder.resolve().is_relative_to(banks_root().resolve().parent):
        message = f"{folder} lies in the program's own folders, which others may read. Keep a live bank elsewhere and import it from there."
        raise click.ClickException(message)
    found = sound_banks(folder, courses_folder=courses_folder or courses_root(), today=now.date())
    if readable := [bank.id for bank in found if bank.public]:
        message = f"These banks say that anyone can read them: {', '.join(readable)}. Write `public = false`, or use `lms banks publish`."
        raise click.ClickException(message)
    for bank in found:
        with site.database.writing() as session:
            done = service.publish(session, actor=SYSTEM, bank=bank, now=now)
        click.echo(f"Bank {done.bank_id}: revision {done.number} is in use ({done.questions} questions, {done.hash[:12]}).")


def sound_banks(folder: Path, *, courses_folder: Path | None, today: date) -> tuple[Bank, ...]:
    """The banks of `folder`, after telling every fault. Ends the command with status 1 when one refuses publishing."""
    courses = courses_folder or beside(_tree(folder), "courses", courses_root())
    click.echo(f"Reading the questions in {folder} ...")
    facts, faults = register_in(courses, today=today)
    found, own = banks_in(folder, facts=facts, objectives=objectives_in(courses), today=today)
    told = sorted({*refusing(faults), *own})
    for fault in told:
        click.echo(str(fault), err=True)
    if refusing(told):
        click.echo(f"{len(refusing(told))} fault(s); nothing was published.", err=True)
        raise SystemExit(1)
    return found


def _tree(folder: Path) -> Path:
    return folder.resolve().parent if (folder / "bank.toml").is_file() else folder
