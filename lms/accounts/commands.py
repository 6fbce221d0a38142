"""`lms people`: the way back in for an administrator whom no other can help, and the second person where there is no other."""

import uuid

import click
from sqlalchemy.orm import Session

from lms.accounts import factor_service, granting, queries, renewal
from lms.accounts.rules import SYSTEM, normalized_email
from lms.kernel.errors import NotFound
from lms.kernel.ids import new_id
from lms.web.site import Site


@click.group()
def people() -> None:
    """The people of this installation."""


@people.command("password-link")
@click.argument("email")
@click.pass_obj
def password_link(site: Site, email: str) -> None:
    """Print a link by which the person with the address EMAIL sets a new password, once, within 24 hours."""
    with site.database.writing() as session:
        whom, now = _account(session, email), site.clock.now()
        secret = renewal.make_password_link(session, actor=SYSTEM, user_id=whom, form_id=new_id(), now=now)
    click.echo(f"This link sets a new password, once, within 24 hours:\n\n  {site.settings.url}/password-links/{secret}\n")


def _account(session: Session, email: str) -> uuid.UUID:
    found = queries.account(session, email=normalized_email(email))
    if found is None:
        raise NotFound(f"Nobody signs in as {email}.")
    return found.user_id


@people.command("reset-factors")
@click.argument("email")
@click.option("--reason", required=True, help="Why; it is kept in the audit trail.")
@click.pass_obj
def reset_factors(site: Site, email: str, reason: str) -> None:
    """Take the second factors from the person with the address EMAIL, who sets up new ones at the next sign-in."""
    with site.database.writing() as session:
        factor_service.reset(session, actor=SYSTEM, user_id=_account(session, email), reason=reason, now=site.clock.now())
    click.echo(f"The second factors of {email} are reset, and every session of theirs has ended.")


@people.command("waiting")
@click.pass_obj
def waiting(site: Site) -> None:
    """List the staff roles that wait for a second person."""
    with site.database.reading() as session:
        rows = granting.waiting(session, now=site.clock.now())
    for row in rows:
        click.echo(f"{row.id}  {row.role:<16} {row.email:<36} {row.name}")
    if not rows:
        click.echo("Nothing waits for a second person.")


@people.command("confirm")
@click.argument("identifier", metavar="ID", type=click.UUID)
@click.pass_obj
def confirm(site: Site, identifier: uuid.UUID) -> None:
    """Confirm, as the second person, the staff role that `waiting` lists under ID."""
    with site.database.writing() as session:
        now = site.clock.now()
        found = next((row for row in granting.waiting(session, now=now) if row.id == identifier), None)
        if found is None:
            raise NotFound("Nothing with that id waits. `lms people waiting` lists what does.")
        if found.by_invitation:
            granting.confirm_invitation(session, actor=SYSTEM, invitation_id=found.id, now=now)
        else:
            granting.confirm(session, actor=SYSTEM, proposal_id=found.id, now=now)
    click.echo(f"Confirmed: {found.name} as {found.role}.")
