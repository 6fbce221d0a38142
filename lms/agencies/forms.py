"""What may be sent about agencies and the people in them."""

import uuid
from typing import Any

from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from lms.accounts.forms import OnceForm, PasswordRules, password, password_again
from lms.accounts.permissions import AGENCY_ROLES, STAFF_ROLES, Role
from lms.agencies.queries import AgencyName
from lms.agencies.rules import KIND_LABELS, STATES, TIME_ZONES
from lms.web.forms import Form

EMAIL = r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$"
CHOOSE = {"": "Choose one"}
ROLE_LABELS = {
    Role.OFFICER: "Officer: takes the course and its exam",
    Role.COORDINATOR: "Coordinator: nominates and sees the officers of an agency",
    Role.INSTRUCTOR: "Instructor: writes and publishes lessons, records attendance",
    Role.PROCTOR: "Proctor: admits officers to the exam",
    Role.CERTIFIER: "Certifier: issues and revokes certificates",
    Role.VERIFIER: "Verifier: asks whether officers were certified and authorized",
    Role.SUPERVISOR: "Field-office supervisor: authorizes officers and directs them",
    Role.PROGRAM_OFFICER: "Program officer: agreements, nominations and mass influx",
    Role.ADMINISTRATOR: "Administrator: agencies, people and classes",
}


class AgencyForm(Form):
    """A new agency."""

    name = StringField(
        "Name",
        [InputRequired("Enter the full name of the agency."), Length(max=200, message="Use at most 200 characters.")],
        description="In full, as it should appear on certificates.",
    )
    kind = SelectField("Kind of agency", [InputRequired("Choose the kind of agency.")], choices=CHOOSE | KIND_LABELS)
    state = SelectField("State or territory", [InputRequired("Choose the State or territory.")], choices=CHOOSE | STATES)
    time_zone = SelectField(
        "Time zone",
        [InputRequired("Choose the time zone in which its people read clocks.")],
        choices=CHOOSE | TIME_ZONES,
    )


class RoleForm(OnceForm):
    """A staff role for a person, in one agency where the role is an agency's."""

    role = RadioField(
        "Role",
        [InputRequired("Choose a role.")],
        choices={role: label for role, label in ROLE_LABELS.items() if role in STAFF_ROLES},
    )
    agency = SelectField("Agency", description="Only for a coordinator.")

    def offer(self, agencies: list[AgencyName]) -> None:
        """The agencies to choose from."""
        self.agency.choices = {"": "None"} | {str(found.id): found.label for found in agencies}

    def validate_agency(self, field: SelectField) -> None:
        """Officers and coordinators belong to an agency; the other roles to none."""
        needs = self.role.data in AGENCY_ROLES
        if needs and not field.data:
            raise ValidationError("Choose the agency of the officer or coordinator.")
        if field.data and not needs:
            raise ValidationError("This role belongs to the whole program: choose no agency.")

    @property
    def agency_id(self) -> uuid.UUID | None:
        """The agency chosen."""
        return uuid.UUID(self.agency.data) if self.agency.data else None


class InvitationForm(RoleForm):
    """An invitation of a person to a role, in one agency where the role is an agency's."""

    name = StringField("Full name", [InputRequired("Enter the person's name."), Length(max=120, message="Use at most 120 characters.")])
    email = EmailField(
        "Work e-mail",
        [InputRequired("Enter the person's e-mail address."), Length(max=254), Regexp(EMAIL, message="Enter a whole e-mail address.")],
        description="They sign in with it.",
    )
    role = RadioField("Role", [InputRequired("Choose a role.")], choices=ROLE_LABELS)
    agency = SelectField("Agency", description="Only for an officer or a coordinator.")


class WelcomeForm(PasswordRules):
    """A name and a password, set by a person who takes up an invitation; an address too, unless it was sent to one (`own_email`)."""

    name = StringField(
        "Full name",
        [InputRequired("Enter your name."), Length(max=120, message="Use at most 120 characters.")],
        description="As it should appear on your certificates.",
    )
    email = EmailField(
        "E-mail",
        [InputRequired("Enter your e-mail address."), Length(max=254), Regexp(EMAIL, message="Enter a whole e-mail address.")],
        description="You sign in with it.",
    )
    password = password("Password")
    again = password_again("Password again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.own_email:
            del self.email

    @property
    def whose(self) -> tuple[str, str]:
        """The name and the address of the person, as far as they are known."""
        return self.name.data or "", self.own_email or self.email.data or ""


class TransferForm(Form):
    """The agency to which an officer moves."""

    to = SelectField("New agency", [InputRequired("Choose the new agency.")])
    reason = TextAreaField(
        "Reason", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")], description="It stays on record."
    )

    def offer(self, agencies: list[AgencyName], *, but: uuid.UUID) -> None:
        """Every agency but the one served in."""
        self.to.choices = CHOOSE | {str(found.id): found.label for found in agencies if found.id != but}


class EndingForm(Form):
    """Why a role ends."""

    reason = TextAreaField("Reason", [InputRequired("Say why the role ends."), Length(max=500, message="Use at most 500 characters.")])
