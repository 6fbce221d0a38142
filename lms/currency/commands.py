"""`lms courses currency`: what must be pulled, read again or taught anew, on paper or as JSON."""

import json
from typing import TYPE_CHECKING

import click

from lms.currency import queries
from lms.currency.queries import Affected, Standing, UnknownFact

if TYPE_CHECKING:
    from lms.web.site import Site


@click.command()
@click.argument("facts", metavar="[FACT-ID ...]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
def currency(facts: tuple[str, ...], *, as_json: bool) -> None:
    """List what stands on facts that changed or are past their review, or on the facts named."""
    site: Site = click.get_current_context().obj
    today = site.clock.now().date()
    with site.database.reading() as session:
        found = queries.register(session)
        asked = list(facts) or queries.attention(found, today=today)
        try:
            rows = queries.affected(session, facts=asked, found=found, today=today)
        except UnknownFact as unknown:
            message = f"The register has never had a fact {unknown}. Run it without a name to see what needs attention."
            raise click.ClickException(message) from unknown
    if as_json:
        click.echo(json.dumps([row.content() for row in rows], indent=2))
    elif not rows:
        click.echo("No fact changed since it was first published, and none is past its review.")
    else:
        click.echo("\n\n".join(_told(row) for row in rows))


def _told(row: Affected) -> str:
    lines = [f"{row.fact} ({row.citation}): {row.status}; {row.why}."]
    lines.extend(_standing("Lessons", row.lessons))
    lines.extend(_standing("Questions", row.questions))
    lines.extend(_standing("Practicals", row.practicals))
    lines.extend(f"  Class under way on the text before: {one.title}, until {one.ends_on}" for one in row.classes)
    lines.append(f"  Officers trained on the text before: {row.officers}")
    return "\n".join(lines)


def _standing(heading: str, found: tuple[Standing, ...]) -> list[str]:
    return [f"  {heading}: {one.act}: {one.id} {one.title}" for one in found]
