"""What may be sent to sign in."""

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from lms.accounts.weak_passwords import MAXIMUM_LENGTH
from lms.web.forms import Form


class SignInForm(Form):
    """E-mail address and password; `next` is the page that was asked for."""

    email = EmailField("E-mail", [InputRequired("Enter your e-mail address."), Length(max=254, message="That address is too long.")])
    password = PasswordField("Password", [InputRequired("Enter your password."), Length(max=MAXIMUM_LENGTH, message="That is too long.")])
    next = HiddenField()
