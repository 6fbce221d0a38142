"""`lms backup` and `lms restore`."""

import os
from pathlib import Path
from typing import Final

import click

from lms.backup import making, restoring
from lms.web.site import Site

VARIABLE: Final = "LMS_BACKUP_PASSPHRASE"
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@FILE
@click.pass_obj
def backup(site: Site, file: Path) -> None:
    """Write database, papers and keys into FILE, encrypted with a passphrase, while the site runs.

    The passphrase is asked for twice, or taken from LMS_BACKUP_PASSPHRASE. Without it the file is worthless.
    """
    summary = making.backup(site, file, passphrase=_passphrase(twice=True), say=click.echo)
    click.echo(f"{file} holds {summary.rows} rows of {summary.tables} tables and {summary.files} files.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def restore(site: Site, file: Path) -> None:
    """Put what FILE holds into an empty data folder (--data) and an empty database."""
    site.database.close()
    summary = restoring.restore(file, site.settings, passphrase=_passphrase(twice=False), clock=site.clock, say=click.echo)
    click.echo(f"Restored {summary.rows} rows and {summary.files} files into {site.settings.data}. Everyone signs in again.")


def _passphrase(*, twice: bool) -> str:
    given = os.environ.get(VARIABLE)
    return given if given is not None else str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice))
