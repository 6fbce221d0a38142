"""What may be sent about declarations of a mass influx."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from lms.accounts.forms import OnceForm
from lms.agencies.agreement_forms import SHORT, Checkboxes
from lms.agencies.clocks import start_of
from lms.agencies.rules import TIME_ZONES
from lms.influx.period import Boundaries, Kind
from lms.influx.rules import GROUNDS, Ground, Instrument
from lms.influx.service import Change, Draft
from lms.places.rules import BY_POSTAL, County, counties, counties_of
from lms.web.forms import Form, within_reach

CHOOSE = {"": "Choose one"}
STATES = {state.postal: state.name for state in BY_POSTAL.values()}
LEGAL_GROUNDS = {str(one): text for one, text in GROUNDS.items()}
KINDS = ("county", "parish", "borough", "census area", "municipality", "municipio")
MOST_COUNTIES = 500
DAY = timedelta(days=1)


def moment_of(day: date, at: time | None, zone: str) -> datetime:
    """The moment of a day and a time of day in a zone; without a time the beginning of the day."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC) if at else start_of(day, zone=zone)


def end_of(day: date, zone: str) -> datetime:
    """The moment at which a day is over in a zone."""
    return start_of(day + DAY, zone=zone)


class InstrumentForm(OnceForm):
    """By what an act is done, and its dates, which may all differ."""

    issuing_office = StringField(
        "Issuing office", [InputRequired("Enter the office that issues it."), SHORT], description="As it stands on the paper."
    )
    instrument = StringField(
        "Instrument", [InputRequired("Name the paper."), SHORT], description="For example: Finding of a mass influx, notice of extension."
    )
    citation = StringField("Citation or number", [InputRequired("Enter where it is found."), SHORT])
    signed_on = DateField("Signed on", [InputRequired("Enter the day on which it was signed."), within_reach])
    effective_on = DateField("Takes effect on", [InputRequired("Enter the day on which it takes effect."), within_reach])
    effective_time = TimeField("At", [Optional()], description="Without a time, the beginning of the day.")
    published_on = DateField(
        "Published on", [Optional(), within_reach], description="Leave empty until it is published; that is recorded then."
    )

    def said(self, zone: str) -> Instrument:
        """The instrument."""
        return Instrument(
            issuing_office=self.issuing_office.data,
            name=self.instrument.data,
            citation=self.citation.data,
            signed_on=self.signed_on.data,
            effective_at=moment_of(self.effective_on.data, self.effective_time.data, zone),
            published_on=self.published_on.data,
        )


class PlacesForm(Form):
    """Whole States and single counties."""

    states = Checkboxes("Whole States", choices=STATES)
    counties = TextAreaField(
        "Single counties",
        [Length(max=40_000, message="That is too much text.")],
        description="One to a line, as in “Monroe, FL” or “Monroe County, FL”, or by its five-digit FIPS code, as in “12087”.",
    )

    def validate_counties(self, field: TextAreaField) -> None:
        """Refuse the first line that names no county."""
        lines = _lines(field.data)
        if len(lines) > MOST_COUNTIES:
            raise ValidationError(f"Name at most {MOST_COUNTIES} counties. Choose whole States instead.")
        unknown = next((line for line in lines if county_of(line) is None), None)
        if unknown is not None:
            raise ValidationError(
                f"“{unknown[:60]}” is not one county here. Write its name and the State, as in “Monroe, FL”, or its FIPS code."
            )
        if not lines and not self.states.data:
            raise ValidationError("Choose at least one State, or name a county (28 CFR 65.83(d)(1)).")

    @property
    def boundaries(self) -> Boundaries:
        found = [county for line in _lines(self.counties.data) if (county := county_of(line))]
        return Boundaries(frozenset(self.states.data or ()), frozenset(county.fips for county in found))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def county_of(line: str) -> County | None:
    """The county that a line means: by its code, or by its name and State; None also when two have the name."""
    if line in counties():
        return counties()[line]
    name, _, state = line.rpartition(",")
    asked = name.strip().casefold()
    meant = {asked, *(asked.removesuffix(f" {kind}") for kind in KINDS)}
    found = [county for county in counties_of(state.strip().upper()) if county.name.casefold() in meant]
    exact = [county for county in found if county.name.casefold() == asked]
    return (exact or found)[0] if len(exact or found) == 1 else None


def places_shown(found: Boundaries) -> dict[str, Any]:
    """Boundaries as the form shows them."""
    return {"states": sorted(found.states), "counties": "\n".join(counties()[fips].label for fips in sorted(found.counties))}


class SpanForm(Form):
    """From which day until which day."""

    begins_on = DateField("First day", [InputRequired("Enter the first day."), within_reach])
    ends_on = DateField("Last day", [InputRequired("Enter the last day."), within_reach], description="It is included.")

    def validate_ends_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        if field.data and self.begins_on.data and field.data < self.begins_on.data:
            raise ValidationError("The last day lies before the first. Check the two dates.")


class DeclarationForm(InstrumentForm, SpanForm, PlacesForm):
    """A new declaration, or a drill of one."""

    title = StringField("Name of the declaration", [InputRequired("Enter a name by which people know it."), SHORT])
    drill = BooleanField("This is a drill: it runs the whole path and gives no authority")
    grounds = Checkboxes("Legal grounds", [InputRequired("Choose at least one ground.")], choices=LEGAL_GROUNDS)
    time_zone = SelectField("Time zone in which its days are counted", [InputRequired("Choose a time zone.")], choices=CHOOSE | TIME_ZONES)

    def draft(self) -> Draft:
        """The declaration."""
        zone = self.time_zone.data
        return Draft(
            title=self.title.data,
            drill=self.drill.data,
            grounds=tuple(Ground(one) for one in self.grounds.data),
            time_zone=zone,
            instrument=self.said(zone),
            change=Change(Kind.DECLARED, start_of(self.begins_on.data, zone=zone), end_of(self.ends_on.data, zone), self.boundaries),
        )


class ExtensionForm(InstrumentForm, SpanForm):
    """More days. What lies between the end before and the first of them stays a gap."""

    def change(self, zone: str) -> Change:
        return Change(Kind.EXTENDED, start_of(self.begins_on.data, zone=zone), end_of(self.ends_on.data, zone))


class TerminationForm(InstrumentForm):
    """The end, from the moment at which it takes effect."""

    def change(self, zone: str) -> Change:
        del zone
        return Change(Kind.TERMINATED)


class BoundariesForm(InstrumentForm, PlacesForm):
    """Other boundaries, from the moment at which they take effect."""

    def change(self, zone: str) -> Change:
        del zone
        return Change(Kind.BOUNDED, boundaries=self.boundaries)


class PublicationForm(InstrumentForm):
    """That something was published: the date that was not known when it was recorded."""

    published_on = DateField("Published on", [InputRequired("Enter the day of publication."), within_reach])

    def change(self, zone: str) -> Change:
        del zone
        return Change(Kind.PUBLISHED)


FORMS: Mapping[str, tuple[Kind, type[Any], str]] = {
    "extension": (Kind.EXTENDED, ExtensionForm, "Extend the declaration"),
    "termination": (Kind.TERMINATED, TerminationForm, "End the declaration"),
    "boundaries": (Kind.BOUNDED, BoundariesForm, "Set other boundaries"),
    "publication": (Kind.PUBLISHED, PublicationForm, "Record the publication"),
}
"""The acts that can follow a declaration, by the word in their address."""
