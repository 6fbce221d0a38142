"""A gallery of every component and layout as static pages, to be looked at: `python -m tests.web.gallery FOLDER`."""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import DictLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.loaders import BaseLoader, ChoiceLoader
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from lms.web.templating import day, moment

WEB = Path(__file__).parents[2] / "lms" / "web"
PAGES = Path(__file__).parent / "gallery"
SETTINGS = SimpleNamespace(
    product_name="Delegated Authority Training", demo=True, disclaimer="Not a website or document of ICE, DHS or the U.S. Government"
)
PAGE = SimpleNamespace(
    identity=SimpleNamespace(user_id="1", name="Dana Rivera"),
    navigation=[("Home", "#home", False), ("My course", "#course", True), ("Exams", "#exams", False), ("Certificates", "#c", False)],
    footer=[("What is recorded", "#p"), ("Verify a certificate", "#v"), ("Help", "#h")],
    notices=["The time stamp authority is local: papers are marked as specimens."],
    messages=[("success", "Lesson 2 is complete. 30 minutes were banked.")],
    zone="America/Phoenix",
)
NOW = datetime(2026, 11, 22, 17, 42, 7, tzinfo=UTC)


class Sample(Form):
    """One field of each kind."""

    name = StringField("Full name", [InputRequired("Enter your full name")], description="As it stands on your credentials.")
    mail = EmailField("Work e-mail", [InputRequired("Enter a work e-mail address")])
    password = PasswordField("Password", [InputRequired("Enter a password")])
    number = StringField("Certificate number", description="18 letters and digits, for example W 7Q2M 9K4T 3XV8 5HJC R.")
    agency = SelectField("Agency", choices=[SelectChoice("Palmetto County Sheriff's Office"), SelectChoice("Rio Seco Police Department")])
    reason = TextAreaField("Reason", [InputRequired("Say why")])
    born = DateField("Date of training")
    paper = FileField("Signed agreement")
    agreed = BooleanField("I have read the rules of this exam")
    choice = RadioField(
        "A detainee says that he was born in Ohio. What do you do first?",
        [InputRequired("Choose one answer")],
        choices=[
            SelectChoice("a", "Stop the interview and tell the ICE supervisor at once."),
            SelectChoice("b", "Ask for a birth certificate."),
        ],
    )
    subjects = SelectMultipleField(
        "Subjects to include",
        choices=[SelectChoice("law", "Immigration law"), SelectChoice("rights", "Civil rights law")],
        option_widget=CheckboxInput(),
    )


def environment(extra: BaseLoader | None = None) -> Environment:
    """The templates of the web feature with the globals that the application gives them; undefined names fail."""
    files = FileSystemLoader(WEB / "templates")
    made = Environment(
        loader=ChoiceLoader([files, extra or DictLoader({})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static_url=lambda name: f"/static/{name}", csrf_token=lambda: "token", settings=SETTINGS, page=PAGE)
    made.filters.update(moment=moment, day=day)
    return made


def context() -> dict[str, Any]:
    """What a view gives to a page."""
    return {
        "now": NOW,
        "due": NOW + timedelta(minutes=38),
        "blank": Sample(),
        "wrong": Sample(MultiDict({"agency": "Rio Seco Police Department"})),
        "outline": outline(),
        "previous": ("Where the authority comes from", "#before"),
        "next": ("Reading an I-200 and an I-205", "#after"),
        "exam_name": "WSO final examination",
        "officer_name": "Rivera, Dana · Palmetto County Sheriff's Office",
        "questions": [question(number) for number in range(1, 31)],
    }


def outline() -> list[dict[str, object]]:
    titles = [
        ["Where the authority comes from", "Two powers and no more"],
        ["Reading an I-200 and an I-205", "Serving a warrant in the jail"],
    ]
    names = ["The authority and its two powers", "I-200 and I-205, and serving them in the jail"]
    return [
        {
            "title": name,
            "lessons": [
                {"title": title, "url": f"#{at}{index}", "done": at + index == 0, "current": (at, index) == (0, 1)}
                for index, title in enumerate(lessons)
            ],
        }
        for at, (name, lessons) in enumerate(zip(names, titles, strict=True))
    ]


def question(number: int) -> dict[str, object]:
    return {
        "number": number,
        "seen": number <= 14,
        "answered": number <= 12 and number != 7,
        "flagged": number in {4, 7, 14},
        "url": f"#q{number}",
    }


def render(folder: Path) -> list[Path]:
    """Write each page of the gallery, and the static files, into a folder that a plain file server can serve."""
    made = environment(PrefixLoader({"gallery": FileSystemLoader(PAGES)}))
    shutil.copytree(WEB / "static", folder / "static", dirs_exist_ok=True)
    sample = context()
    for page in sorted(PAGES.glob("*.html")):
        page_text = made.get_template(f"gallery/{page.name}").render(page_context(page.stem, sample))
        (folder / page.name).write_text(page_text, encoding="utf-8")
    text = made.get_template("error.html").render(
        sample | {"heading": "This page is not here", "sentence": "The address may be mistyped.", "status": 404, "reference": "7f3a-91c2"}
    )
    (folder / "error.html").write_text(text, encoding="utf-8")
    return sorted(folder.glob("*.html"))


def page_context(page: str, sample: dict[str, Any]) -> dict[str, Any]:
    """Forms are validated for the page of errors only: validating marks the fields."""
    if page == "errors":
        sample["wrong"].validate()
    return sample


if __name__ == "__main__":
    for written in render(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
