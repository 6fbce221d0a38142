"""What may be asked of the list of notices."""

from wtforms import SelectField
from wtforms.validators import Optional

from lms.notices.queries import State
from lms.notices.rules import Kind
from lms.web.forms import Form


class AskedForm(Form):
    """The filters above the list; both may stay empty."""

    kind = SelectField("About", [Optional()], choices={"": "Anything"} | {str(kind): str(kind).capitalize() for kind in Kind})
    state = SelectField("State", [Optional()], choices={"": "Any"} | {str(state): str(state).capitalize() for state in State})
