"""What is sent to sign the test-security agreement."""

from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired

from lms.web.forms import Form


class SecurityForm(Form):
    """The signature, and where the person wanted to go."""

    promised = BooleanField(
        "I have read this agreement and will keep it.", validators=[InputRequired("Confirm that you have read the agreement.")]
    )
    next = HiddenField()
