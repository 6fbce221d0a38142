"""What a proctor sends."""

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form

DOCUMENTS = ("Agency photo ID", "Driver's license", "Passport", "Other government photo ID")


CHOOSE = {"": "Choose one"}


class AdmissionForm(Form):
    """That identity was checked, and by which document."""

    document = SelectField(
        "Photo document you checked", [InputRequired("Choose the document you checked.")], choices=CHOOSE | {one: one for one in DOCUMENTS}
    )
    checked = BooleanField(
        "The photo and the name on the document match this officer.",
        validators=[InputRequired("Confirm that you checked photo and name.")],
    )


class RevocationForm(Form):
    """Why a ticket is revoked."""

    reason = TextAreaField("Why the ticket is revoked", [InputRequired("Say why."), Length(max=500, message="Use at most 500 characters.")])
