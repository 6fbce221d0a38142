"""What an auditor may ask of the trail."""

from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from lms.agencies.queries import AgencyName
from lms.db.types import as_id
from lms.trail.rules import Asked
from lms.web.forms import Form, within_reach

OUTCOMES = {"": "Any", "done": "Done", "refused": "Refused", "kept aside": "Kept aside"}
SHORT = Length(max=200, message="Use at most 200 characters.")


class AskedForm(Form):
    """The filters above the trail; all of them may stay empty."""

    who = StringField("Who", [Optional(), SHORT], description="A part of the name, a whole e-mail address, or “system”.")
    action = StringField("What was done", [Optional(), SHORT], description="A part of the sentence, such as “certificate”.")
    object = StringField("To what", [Optional(), SHORT], description="A kind, such as “certificate”, or a whole id.")
    agency = SelectField("Agency", [Optional()])
    outcome = SelectField("Outcome", [Optional()], choices=OUTCOMES)
    since = DateField("From", [Optional(), within_reach], description="A day of UTC.")
    until = DateField("To", [Optional(), within_reach], description="A day of UTC, included.")

    def offer(self, agencies: list[AgencyName]) -> None:
        """The agencies to choose from."""
        self.agency.choices = {"": "Any"} | {str(found.id): found.label for found in agencies}

    @property
    def asked(self) -> Asked:
        """What was chosen."""
        return Asked(
            who=(self.who.data or "").strip(),
            action=(self.action.data or "").strip(),
            object=(self.object.data or "").strip(),
            outcome=self.outcome.data or "",
            agency_id=as_id(self.agency.data or ""),
            since=self.since.data,
            until=self.until.data,
        )
