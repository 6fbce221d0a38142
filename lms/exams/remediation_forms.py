"""What an instructor sends of a review before a retake."""

from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form, within_reach


class ReviewForm(Form):
    """What was reviewed, how long, and when."""

    reviewed = TextAreaField(
        "What was reviewed",
        [InputRequired("Say what was reviewed."), Length(max=1000, message="Use at most 1000 characters.")],
        description="The lessons and objectives, and how. Write no exam question here.",
    )
    minutes = IntegerField("Minutes", [InputRequired("Enter how many minutes the review took.")])
    held_on = DateField("Done on", [InputRequired("Enter the day of the review."), within_reach])
