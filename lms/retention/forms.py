"""What may be sent about keeping and disposing of records."""

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lms.retention.rules import RecordClass
from lms.web.forms import Form

LONGEST = Length(max=500, message="Use at most 500 characters.")


class ScheduleForm(Form):
    """How long a class is kept."""

    years = IntegerField("Keep for how many years", [Optional()], description="Leave it empty to keep the records for good.")
    authority = StringField("The rule that allows disposal", [Optional(), LONGEST], description="Such as a records schedule and its item.")


class HoldForm(Form):
    """A legal hold."""

    record_class = SelectField("Which records", choices={"": "Every class"} | {str(one): str(one).capitalize() for one in RecordClass})
    officer = StringField("Only those of one officer", [Optional(), LONGEST], description="The officer's e-mail address.")
    reason = TextAreaField("Why", [DataRequired("Say why."), LONGEST], description="Such as the name of the case.")

    @property
    def chosen(self) -> RecordClass | None:
        """The class, or None for every one."""
        return RecordClass(self.record_class.data) if self.record_class.data else None


class ReasonForm(Form):
    """Why something is done."""

    reason = TextAreaField("Why", [DataRequired("Say why."), LONGEST])
