"""`lms people password-link`: the way back in for an administrator whom no other administrator can help."""

import click

from lms.accounts import queries, renewal
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
        found = queries.account(session, email=normalized_email(email))
        if found is None:
            raise NotFound(f"Nobody signs in as {email}.")
        now = site.clock.now()
        secret = renewal.make_password_link(session, actor=SYSTEM, user_id=found.user_id, form_id=new_id(), now=now)
    click.echo(f"This link sets a new password, once, within 24 hours:\n\n  {site.settings.url}/password-links/{secret}\n")
