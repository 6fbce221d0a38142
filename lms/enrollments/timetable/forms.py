"""What may be sent about a training day."""

from wtforms import DateField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from lms.enrollments.timetable.service import LONGEST_ROOM
from lms.web.forms import Form, within_reach


class DayForm(Form):
    """When and where a training day is held."""

    held_on = DateField("Date", [Optional(), within_reach], description="Leave it empty to let the day lie where it falls.")
    starts = TimeField("Begins at", [InputRequired("Enter when the day begins.")])
    room = StringField(
        "Room or place", [Length(max=LONGEST_ROOM, message=f"Use at most {LONGEST_ROOM} characters.")], description="As officers find it."
    )
