"""The `lms` command line: it opens the site that the environment describes and hands over to the feature whose command was asked for."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

import lms
from lms import serving, worker
from lms.accounts import commands as people_commands
from lms.app import open_site
from lms.audit.entries import AUDIT
from lms.backup import commands as backups
from lms.certificates import commands as papers
from lms.courses import commands as course_commands
from lms.currency import commands as currency_commands
from lms.db import migrate
from lms.db.session import NotDurable
from lms.demo import program as demonstration
from lms.facts import queries as registers
from lms.kernel import logs
from lms.kernel.content import banks_root, courses_root, digest_of
from lms.kernel.errors import Refusal
from lms.ledger import commands as ledgers
from lms.questions import commands as bank_commands
from lms.settings import Settings, UnsafeSettings
from lms.web.site import Site

DEMO_FOLDER: Final = Path("instance/demo")
DEMO_MARK: Final = "demonstration"
SHIPPED_MARK: Final = "shipped"
READERS: Final = tuple(Path(lms.__file__).parent / name for name in ("courses", "facts", "questions"))
"""What reads the content: another release may read the same files differently."""
NO_DATABASE: Final = "The database cannot be used: {cause}. If this installation is new, start it once with `lms serve`."
TOLD: Final = (Refusal, UnsafeSettings, NotDurable)


class Told(click.Group):
    """A group whose refusals are one clear sentence and exit code 1, not a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except TOLD as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except (OperationalError, ProgrammingError) as error:
            cause = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(NO_DATABASE.format(cause=cause)) from error


@click.group(cls=Told)
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The data folder. Default: LMS_DATA, else instance/.")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Training, proctored exams and verifiable certificates for officers under INA section 287(g)."""
    os.umask(0o077)  # whatever is written belongs to the operator alone
    if data is None and context.invoked_subcommand == "demo" and not os.environ.get("LMS_DATA"):
        data = DEMO_FOLDER
    open_here(context, Settings.from_env(os.environ, data=data))


def open_here(context: click.Context, settings: Settings) -> Site:
    """Open the site for the commands below `context`. A folder that was filled by a demonstration stays one."""
    if (settings.data / DEMO_MARK).exists() and not settings.demo:
        settings = replace(settings, demo=True)
    settings.refuse_if_unsafe()
    site = open_site(settings)
    context.obj = site
    context.call_on_close(site.database.close)
    return site


def listening(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say where to listen."""
    command = click.option("--port", type=click.IntRange(1, 65535), help="Default: LMS_PORT, else 8000.")(command)
    return click.option("--host", help="Default: LMS_HOST, else 127.0.0.1. Any other needs LMS_MODE=production.")(command)


def at(settings: Settings, host: str | None, port: int | None) -> Settings:
    """The settings with the address that the command line gives."""
    return replace(settings, host=host or settings.host, port=port or settings.port)


@main.command()
@listening
@click.pass_context
def serve(context: click.Context, host: str | None, port: int | None) -> None:
    """Prepare everything that is missing, then serve the site until SIGTERM or Ctrl-C."""
    site = open_here(context, at(context.obj.settings, host, port))
    start(context, site)


def start(context: click.Context, site: Site, *, fill: Callable[[], None] | None = None) -> None:
    """Prepare `site`, let `fill` put into it what a demonstration shows, and serve."""
    logs.configure(site.settings.log_level, plain=site.settings.plain_log)
    serving.refuse_taken_port(site.settings.host, site.settings.port)
    serving.prepare(site, say=click.echo)
    publish_shipped(context)
    if fill is not None:
        fill()
    serving.first_administrator(site, say=click.echo)
    site.database.close()
    serving.serve(site.settings, say=click.echo)


def publish_shipped(context: click.Context) -> None:
    """Publish the register of law, the courses and the question banks that ship with this release, as far as they are new.

    What cannot be published is told and does not keep the site from starting: lessons edited in the browser stay as they are.
    A start that finds everything as the last one left it reads none of it: that would take longer than the rest of a start.
    """
    site: Site = context.obj
    mark, read = site.settings.data / SHIPPED_MARK, digest_of(courses_root(), banks_root(), *READERS)
    if mark.exists() and mark.read_text(encoding="utf-8") == f"{read} {register_name(site)}":
        click.echo("The shipped courses and question banks are published already.")
        return
    if publish_all(context):
        mark.write_text(f"{read} {register_name(site)}", encoding="utf-8")


def register_name(site: Site) -> str:
    """The name of the register of law that is published; it tells this database from another one."""
    with site.database.reading() as session:
        found = registers.head(session)
    return found.hash if found else ""


def publish_all(context: click.Context) -> bool:
    """Publish what ships; whether all of it could be."""
    done = True
    for publish, folder in ((course_commands.publish, courses_root()), (bank_commands.publish, banks_root())):
        try:
            context.invoke(publish, folder=folder, once=True)
        except click.ClickException as refusal:
            done = False
            click.echo(f"{folder.name} were not published: {refusal.message}")
        except SystemExit:
            done = False
            click.echo(f"{folder.name} were not published, for the faults above.")
    return done


@main.command()
@listening
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the accounts and certificates to FILE.")
@click.pass_context
def demo(context: click.Context, host: str | None, port: int | None, file: Path | None) -> None:
    """Serve a fictional program, on a data folder of its own, with the accounts of its people printed."""
    site = open_here(context, replace(at(context.obj.settings, host, port), demo=True))
    mark_as_demo(site)

    def fill() -> None:
        program = demonstration.fill(site, say=click.echo)
        click.echo(demonstration.told(program))
        if file is not None:
            file.write_text(json.dumps(program, indent=2) + "\n", encoding="utf-8")

    start(context, site, fill=fill)


def mark_as_demo(site: Site) -> None:
    """Mark the data folder as a demonstration's. Refuses one that holds a real installation."""
    data = site.settings.data
    if data.exists() and any(data.iterdir()) and not (data / DEMO_MARK).exists():
        raise Refusal(f"{data} holds an installation that is no demonstration. Give the demonstration a folder of its own with --data.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / DEMO_MARK).touch(mode=0o600)


@main.command("worker")
@click.pass_obj
def periodic_work(site: Site) -> None:
    """Do the periodic work alone, on a machine of its own, until SIGTERM. `lms serve` does it by itself."""
    if not migrate.is_current(site.database):
        raise Refusal("The database lacks migrations of this release. Start `lms serve` of the same release first.")
    site.database.close()
    click.echo("Doing the periodic work (Ctrl-C stops it).")
    worker.main(site.settings)


main.add_command(people_commands.people)
main.add_command(course_commands.courses)
course_commands.courses.add_command(currency_commands.currency)
main.add_command(bank_commands.banks)
main.add_command(papers.certificates)
main.add_command(papers.keys)
main.add_command(ledgers.commands_for([AUDIT]))
main.add_command(backups.backup)
main.add_command(backups.restore)
