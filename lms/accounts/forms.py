"""What may be sent to sign in and to choose a password."""

import uuid
from typing import Any

from wtforms import EmailField, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import EqualTo, InputRequired, Length, ValidationError

from lms.accounts.factor_rules import LONGEST_NAME
from lms.accounts.weak_passwords import MAXIMUM_LENGTH, fault_of
from lms.db.types import as_id
from lms.kernel.errors import Invalid
from lms.kernel.ids import new_id
from lms.web.forms import Form


class SignInForm(Form):
    """E-mail address and password; `next` is the page that was asked for."""

    email = EmailField("E-mail", [InputRequired("Enter your e-mail address."), Length(max=254, message="That address is too long.")])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=MAXIMUM_LENGTH, message="That is too long.")])
    next = HiddenField()


class ProofForm(Form):
    """A code, or what a passkey answered; `kept` is a form that goes on afterwards, `next` a page."""

    code = StringField(
        "Code",
        [Length(max=60, message="That is too long for a code.")],
        description="Six digits from your code app, or one of your recovery codes.",
    )
    answer = HiddenField()
    kept = HiddenField()
    next = HiddenField()

    def validate_code(self, field: StringField) -> None:
        """Ask for one of the two."""
        if not (field.data or "").strip() and not self.answer.data:
            raise ValidationError("Enter a code, or use a passkey.")


def factor_name(example: str) -> StringField:
    """A field for the name by which a person tells their factors apart."""
    length = Length(max=LONGEST_NAME, message=f"Use at most {LONGEST_NAME} characters.")
    return StringField("Name", [InputRequired("Give it a name."), length], description=example)


class CodeAppForm(Form):
    """The first code of a new code app; `sealed` holds its secret, for this person alone."""

    name = factor_name("So that you know it again, such as: My work phone.")
    code = StringField(
        "Code that the app shows now",
        [InputRequired("Enter the six digits that the app shows."), Length(max=20, message="A code has six digits.")],
    )
    sealed = HiddenField()


class PasskeyForm(Form):
    """A passkey that the browser has made."""

    name = factor_name("So that you know it again, such as: My laptop.")
    answer = HiddenField()

    def validate_answer(self, field: HiddenField) -> None:
        """Refuse a form that was sent without its script."""
        if not field.data:
            raise ValidationError("The browser sent no passkey. Use the button, and follow what the browser asks.")


class ReasonForm(Form):
    """Why something is done to another person's account."""

    reason = TextAreaField("Reason", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")])


class OnceForm(Form):
    """A form that makes one thing, however often it is sent: the id it got when it was shown says which."""

    form_id = HiddenField(default=new_id)

    @property
    def id_shown(self) -> uuid.UUID:
        """The id that the form got when it was shown. Raises Invalid when it came back without one."""
        sent = self.form_id.raw_data
        found = as_id(sent[0]) if sent else None
        if found is None:
            raise Invalid("Part of the form is missing. Go back, reload the page and send it again.")
        return found


def password(label: str) -> PasswordField:
    """A field for a new password."""
    return PasswordField(
        label,
        [InputRequired("Choose a password."), Length(max=MAXIMUM_LENGTH, message=f"Use at most {MAXIMUM_LENGTH} characters.")],
        description="At least 12 characters. A few unrelated words are easy to remember; spaces are fine.",
    )


def password_again(label: str) -> PasswordField:
    """A field for the new password once more."""
    return PasswordField(label, [InputRequired("Enter the password again."), EqualTo("password", "The two do not match.")])


class PasswordRules(Form):
    """What holds for the `password` field of every form in which a person of that name and address chooses one."""

    def __init__(self, *args: Any, own_name: str = "", own_email: str = "", **kwargs: Any) -> None:
        self.own_name, self.own_email = own_name, own_email
        super().__init__(*args, **kwargs)

    @property
    def whose(self) -> tuple[str, str]:
        """The name and the address of the person."""
        return self.own_name, self.own_email

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what anybody would try first."""
        name, email = self.whose
        fault = fault_of(field.data, name=name, email=email)
        if fault:
            raise ValidationError(fault)


class NewPasswordForm(PasswordRules):
    """A new password, typed twice."""

    password = password("New password")
    again = password_again("New password again")


class PasswordChangeForm(PasswordRules):
    """A new password in place of the current one."""

    current = PasswordField(
        "Current password", [InputRequired("Enter your current password."), Length(max=MAXIMUM_LENGTH, message="That is too long.")]
    )
    password = password("New password")
    again = password_again("New password again")

    def validate_password(self, field: PasswordField) -> None:
        """Refuse the current password too."""
        if field.data == self.current.data:
            raise ValidationError("This is your current password. Choose another.")
        super().validate_password(field)
