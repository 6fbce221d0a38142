"""What may be asked of a report."""

from datetime import UTC, datetime

from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from lms.places.rules import STATES
from lms.reports.rules import MODELS, Asked, Filter, Report, Shown, moment_of
from lms.web.forms import Form, within_reach

SHOWN = {
    "": "Certified or authorized",
    Shown.BOTH: "Certified and authorized",
    Shown.CERTIFIED: "Certified",
    Shown.AUTHORIZED: "Authorized",
}


class AskedForm(Form):
    """The filters above a report; all of them may stay empty."""

    on = DateField("On", [Optional(), within_reach], description="A day of UTC; today unless you choose another.")
    state = SelectField("State", [Optional()], choices={"": "Any"} | {one.postal: one.name for one in sorted(STATES, key=lambda s: s.name)})
    model = SelectField("Model", [Optional()], choices={"": "Any"} | MODELS)
    agency = StringField("Agency", [Optional(), Length(max=200, message="Use at most 200 characters.")], description="A part of its name.")
    standing = SelectField("Officers", [Optional()], choices=SHOWN)

    def offer(self, report: Report, *, now: datetime) -> None:
        """Leave the filters that the report has, and set the day up to which it can speak."""
        self.now = now
        for name in Filter:
            if name not in report.filters:
                del self[name]

    def validate_on(self, field: DateField) -> None:
        """A report speaks of days that have begun."""
        if field.data is not None and field.data > self.now.astimezone(UTC).date():
            raise ValidationError("Choose today or an earlier day: a report tells what was so.")

    @property
    def asked(self) -> Asked:
        """What was chosen."""
        on = self.on.data or self.now.astimezone(UTC).date()
        chosen = {name.value: (self[name].data or "").strip() for name in Filter if name is not Filter.DAY and name in self}
        return Asked(on=on, at=moment_of(on, now=self.now), **chosen)
