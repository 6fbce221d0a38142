"""What may be sent to activate agreements, to make and extend orders, and to put officers on their track."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.accounts.forms import OnceForm
from lms.agencies.agreement_forms import SHORT, Checkboxes
from lms.courses.queries import CourseRow
from lms.db.types import as_id
from lms.influx.agreement_queries import StandingRow
from lms.influx.forms import end_of, moment_of
from lms.influx.order_queries import with_treatment
from lms.influx.order_rules import Necessity, ScopeLesson, ScopeModule, Treatment
from lms.influx.order_service import Consent, Draft, Later
from lms.influx.rules import Told
from lms.web.forms import Form, within_reach

LONGEST = 2000
TREATMENTS = {Treatment.KEPT: "Kept whole", Treatment.SHORTENED: "Shortened", Treatment.WAIVED: "Waived"}


class ActivationForm(Form):
    """How the agencies were told, and whether all or some are meant."""

    which = RadioField(
        "Which agreements",
        [InputRequired("Choose which agreements are activated.")],
        choices={"chosen": "Those I select in the table", "all": "Every one that can be activated, on all pages"},
        default="chosen",
    )
    told_on = DateField("Told on", [InputRequired("Enter the day on which the agencies were told."), within_reach])
    told_at = TimeField("At", [InputRequired("Enter the time at which they were told.")])
    how = StringField("How", [InputRequired("Say how they were told."), SHORT], description="As each agreement's procedure asks.")
    whom = StringField("Whom", [InputRequired("Say who was told."), SHORT], description="By position, as in: sheriff on duty.")

    def told(self, zone: str) -> Told:
        """How the agencies were told. A time without seconds counts from its first second on."""
        return Told(moment_of(self.told_on.data, self.told_at.data, zone), self.how.data, self.whom.data)


class OrderForm(OnceForm):
    """The plain fields of an order. Agreements, officers and modules come beside it, as fields named for them."""

    decider = StringField("Decided by", [InputRequired("Name who decides."), SHORT])
    office = StringField("Office of the decider", [InputRequired("Name the office."), SHORT])
    necessities = Checkboxes(
        "Too few officers to protect",
        [InputRequired("Choose at least one.")],
        choices={str(one): str(one).capitalize() for one in Necessity},
    )
    available = IntegerField("Officers available", [InputRequired("Enter how many are available."), NumberRange(min=0, max=1_000_000)])
    needed = IntegerField("Officers needed", [InputRequired("Enter how many are needed."), NumberRange(min=1, max=1_000_000)])
    finding = TextAreaField(
        "Finding", [InputRequired("Say how this was found."), Length(max=LONGEST, message="Use at most 2,000 characters.")]
    )
    ends_on = DateField(
        "Last day of the order",
        [InputRequired("Enter the last day."), within_reach],
        description="With the declaration at the latest. If the declaration is extended, the order must be extended by itself.",
    )


def scope_from(course: CourseRow, sent: MultiDict[str, str]) -> tuple[ScopeModule, ...]:
    """The modules of a course as the fields that were sent treat them."""
    chosen = frozenset(sent.getlist("lessons"))
    return tuple(
        with_treatment(_module(module), _treatment(sent.get(f"module-{module['id']}", "")), chosen) for module in course.manifest["modules"]
    )


def _module(module: Mapping[str, object]) -> ScopeModule:
    lessons: Sequence[Mapping[str, object]] = module["lessons"]  # type: ignore[assignment] # a manifest is plain JSON
    return ScopeModule(
        str(module["id"]),
        str(module["title"]),
        str(module["subject"]),
        None,
        tuple(ScopeLesson(str(one["id"]), str(one["title"]), sum(one["minutes"].values()), kept=False) for one in lessons),  # type: ignore[attr-defined] # as above
    )


def _treatment(word: str) -> Treatment | None:
    return Treatment(word) if word in set(Treatment) else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The agreements and officers that were sent."""

    agreements: Mapping[uuid.UUID, Consent]
    officers: Mapping[uuid.UUID, uuid.UUID]


def coverage_from(rows: Sequence[StandingRow], sent: MultiDict[str, str]) -> Coverage:
    """What was sent of agreements, their consents and their officers; an officer is sent as "agreement:officer"."""
    chosen = {row.agreement_id for row in rows} & {found for text in sent.getlist("agreements") if (found := as_id(text))}
    consents = {
        one: Consent(sent.get(f"by-{one}", "")[:200], _day(sent.get(f"on-{one}", "")), sent.get(f"paper-{one}", "")[:200]) for one in chosen
    }
    officers: dict[uuid.UUID, uuid.UUID] = {}
    for text in sent.getlist("officers"):
        under, _, officer = text.partition(":")
        agreement_id, officer_id = as_id(under), as_id(officer)
        if agreement_id in chosen and agreement_id and officer_id:
            officers[officer_id] = agreement_id
    return Coverage(consents, officers)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def draft_from(form: OrderForm, course: CourseRow, coverage: Coverage, scope: tuple[ScopeModule, ...], *, zone: str) -> Draft:
    """The order that was sent."""
    return Draft(
        decider=form.decider.data or "",
        office=form.office.data or "",
        necessities=frozenset(Necessity(one) for one in form.necessities.data or ()),
        available=form.available.data,
        needed=form.needed.data,
        finding=form.finding.data or "",
        course_id=course.course_id,
        course_title=course.title,
        scope=scope,
        agreements=coverage.agreements,
        officers=coverage.officers,
        ends_at=end_of(form.ends_on.data, zone),
    )


class OrderExtensionForm(Form):
    """A later end of an order."""

    ends_on = DateField("Last day", [InputRequired("Enter the new last day."), within_reach])
    decider = StringField("Decided by", [InputRequired("Name who decides."), SHORT])
    office = StringField("Office of the decider", [InputRequired("Name the office."), SHORT])
    reason = TextAreaField("Reason", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")])

    def later(self, zone: str) -> Later:
        return Later(end_of(self.ends_on.data, zone), self.decider.data, self.office.data, self.reason.data)


class PlacementForm(Form):
    """Officers and the class that carries out the order for them."""

    offering = SelectField("Class for the track", [InputRequired("Choose a class.")])
    officers = Checkboxes("Officers", [InputRequired("Choose at least one officer.")], validate_choice=False)

    def offer(self, classes: Sequence[tuple[uuid.UUID, str]]) -> None:
        """The classes to choose from."""
        self.of_class.choices = {"": "Choose one"} | {str(found): label for found, label in classes}

    @property
    def of_class(self) -> SelectField:
        return self.offering

    @property
    def officer_ids(self) -> list[uuid.UUID]:
        """The officers chosen."""
        return [found for text in self.officers.data or [] if (found := as_id(text))]


class FinishingForm(PlacementForm):
    """Officers and the class of the whole course in which they make up what they owe."""

    offering = None
    whole = SelectField("Class of the whole course", [InputRequired("Choose a class.")])

    @property
    def of_class(self) -> SelectField:
        return self.whole


def suggested(now: datetime, zone: str) -> dict[str, object]:
    """The moment that is suggested for telling: now, as clocks in the zone show it."""
    local = now.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0)
    return {"told_on": local.date(), "told_at": local.time()}
