"""`lms courses check`, `lms courses publish` and `lms courses report`."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lms.accounts.rules import SYSTEM
from lms.courses import service
from lms.courses.pass_marks import NO_MARK
from lms.courses.renderer import renderers
from lms.courses.report import reports
from lms.courses.source import Tree, tree_in
from lms.facts.faults import refusing
from lms.facts.standing import beside, questions_in
from lms.kernel.clock import SystemClock
from lms.kernel.content import banks_root, courses_root
from lms.kernel.errors import Refusal

if TYPE_CHECKING:
    from lms.web.site import Site

FOLDER = click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
BANKS = click.option(
    "--banks",
    "banks_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The question banks of the exams. Default: the folder `question_banks` beside DIR, else the shipped ones.",
)


@click.group()
def courses() -> None:
    """Check courses, and publish them."""


@courses.command()
@FOLDER
@BANKS
def check(folder: Path, banks_folder: Path | None) -> None:
    """Name file, line and fix for every fault of the courses in DIR."""
    tree = sound_tree(folder, banks_folder=banks_folder, today=SystemClock().now().date())
    lessons = sum(len(module.lessons) for module in tree.modules.values())
    counts = f"{len(tree.courses)} course(s), {len(tree.modules)} modules, {lessons} lessons, {len(tree.practicals)} practicals"
    click.echo(f"No faults: {counts}, {len(tree.facts)} facts.")
    for course in tree.courses:
        if any(exam.cut_score is None for exam in course.exams):
            click.echo(f"Course {course.id}: it cannot be published yet. {NO_MARK}.")


@courses.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@BANKS
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def report(folder: Path | None, banks_folder: Path | None, *, as_json: bool) -> None:
    """Print lessons, words, objectives and hours of each course in DIR, and of the whole library. Default: the shipped courses."""
    folder = folder or courses_root()
    banks = banks_folder or beside(folder, "question_banks", banks_root())
    tree, _ = tree_in(folder, today=SystemClock().now().date(), banks=questions_in(banks), reader=renderers)
    renderers.close()
    found = reports(tree, questions_in(banks))
    click.echo(json.dumps([one.content() for one in found], indent=2) if as_json else "\n\n".join(one.text for one in found))


@courses.command()
@FOLDER
@BANKS
@click.option("--note", default="", help="What is new, for those who read the list of revisions later.")
@click.option("--replace", is_flag=True, help="Also replace lessons that were edited in the browser.")
@click.option("--once", is_flag=True, help="Leave alone what was ever published before, even if something newer has replaced it.")
def publish(folder: Path, banks_folder: Path | None, note: str, *, replace: bool, once: bool) -> None:
    """Publish the register of law and the courses in DIR as new revisions; what has not changed stays as it is."""
    site: Site = click.get_current_context().obj
    now = site.clock.now()
    tree = sound_tree(folder, banks_folder=banks_folder, today=now.date())
    try:
        with site.database.writing() as session:
            published = service.publish(session, actor=SYSTEM, tree=tree, note=note, replace=replace, once=once, now=now)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    for done in published:
        if done.unmarked:
            click.echo(f"Course {done.course_id}: not published: no pass mark. {', '.join(done.unmarked)}: {NO_MARK}.")
            continue
        said = "published" if done.changed else "nothing changed since"
        click.echo(f"Course {done.course_id}: {said} revision {done.number} ({done.hash[:12]}).")


def sound_tree(folder: Path, *, banks_folder: Path | None, today: date) -> Tree:
    """The courses folder read and rendered, after telling every fault. Ends the command with status 1 when one refuses publishing."""
    banks = banks_folder or beside(folder, "question_banks", banks_root())
    try:
        tree, faults = tree_in(folder, today=today, banks=questions_in(banks), reader=renderers, say=lambda line: click.echo(f"{line} ..."))
    finally:
        renderers.close()
    for fault in faults:
        click.echo(str(fault), err=True)
    if refusing(faults):
        click.echo(f"{len(refusing(faults))} fault(s); nothing was published.", err=True)
        raise SystemExit(1)
    return tree
