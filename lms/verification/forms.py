"""What a verifier types or uploads."""

from wtforms import FileField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form


class NumberForm(Form):
    """A number, and the name it should belong to."""

    number = StringField(
        "Certificate number",
        [InputRequired("Type the number on the certificate."), Length(max=100, message="Use at most 100 characters.")],
        description="18 characters, as in F-XXXX-XXXX-XXXX-XXXX-X. Spaces, hyphens and small letters do not matter.",
    )
    name = StringField(
        "Name of the officer",
        [Length(max=200, message="Use at most 200 characters.")],
        description="If you type it, you are told whether it is the name on the certificate.",
    )


class PaperForm(Form):
    """A paper as a file."""

    paper = FileField("PDF file", description="It is checked and forgotten: nothing of it is kept.")
