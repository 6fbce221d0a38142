"""What may be sent to open a class and to enroll officers."""

import uuid
from collections.abc import Collection

from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput

from lms.agencies.rules import TIME_ZONES
from lms.courses.queries import CourseRow
from lms.enrollments.queries import OfficerName
from lms.enrollments.rules import fault_of_dates
from lms.web.forms import Form

CHOOSE = {"": "Choose one"}


class OfferingForm(Form):
    """A new class."""

    course = SelectField(
        "Course",
        [InputRequired("Choose a course.")],
        description="The class stays on this revision; later ones do not change it.",
    )
    title = StringField(
        "Name of the class",
        [InputRequired("Enter a name for the class."), Length(max=120, message="Use at most 120 characters.")],
        description="For example: Warrant Service Officer, January 2027.",
    )
    starts_on = DateField("First day", [InputRequired("Enter the first day.")])
    ends_on = DateField("Last day", [InputRequired("Enter the last day.")])
    time_zone = SelectField("Time zone", [InputRequired("Choose the time zone of the class.")], choices=CHOOSE | TIME_ZONES)

    def offer(self, courses: Collection[CourseRow]) -> None:
        """The courses to choose from, each at its newest revision."""
        named = {
            row.hash: f"{row.title} ({row.program_model or 'all models'}, revision {row.number}, {row.hours} hours)" for row in courses
        }
        self.course.choices = CHOOSE | named

    def validate_ends_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        fault = fault_of_dates(starts_on=self.starts_on.data, ends_on=field.data) if self.starts_on.data and field.data else None
        if fault:
            raise ValidationError(fault)


class EnrollmentForm(Form):
    """Officers of one agency to enroll."""

    agency = HiddenField()
    officers = SelectMultipleField("Officers to enroll", [InputRequired("Choose at least one officer.")], option_widget=CheckboxInput())

    def offer(self, officers: Collection[OfficerName]) -> None:
        """The officers to choose from."""
        self.officers.choices = {str(found.id): found.name for found in officers}

    @property
    def officer_ids(self) -> list[uuid.UUID]:
        """The officers chosen."""
        return [uuid.UUID(text) for text in self.officers.data or []]
