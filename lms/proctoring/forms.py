"""What a proctor sends."""

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from lms.web.forms import Form

DOCUMENTS = ("Agency photo ID", "Driver's license", "Passport", "Other government photo ID")


class AdmissionForm(Form):
    """That identity was checked, and by which document."""

    document = SelectField("Photo document you checked", choices=list(DOCUMENTS))
    checked = BooleanField(
        "The photo and the name on the document match this officer.",
        validators=[InputRequired("Confirm that you checked photo and name.")],
    )
