"""The pages of question statistics: banks, the questions of one, and one question with its key (R-10)."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.exams import looking, statistics_queries, statistics_rules
from lms.exams.statistics_queries import PER_PAGE, QuestionFigures
from lms.questions.views import led_to_sign
from lms.web.guard import access, current_identity
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("question_statistics", __name__, template_folder="templates")
ONLY = {"": "All", "flagged": "Flagged", "pilots": "Unscored"}


@blueprint.get("/question-statistics")
@access(Permission.LESSON_WRITE)
def banks() -> ResponseReturnValue:
    """Every bank, and how many of its questions need a look."""
    return led_to_sign() or page(
        "exams/statistics.html", rows=statistics_queries.all_banks(session()), minimum=statistics_rules.MINIMUM_ANSWERS
    )


@blueprint.get("/question-statistics/<bank_id>")
@access(Permission.LESSON_WRITE)
def bank(bank_id: str) -> ResponseReturnValue:
    """The questions of a bank with their figures, by id and without their text."""
    to_sign = led_to_sign()
    if to_sign is not None:
        return to_sign
    found, number = statistics_queries.bank_of(session(), bank_id), page_asked()
    only = wanted if (wanted := request.args.get("only", "")) in ONLY else ""
    rows = [row for row in statistics_queries.figures(session(), found) if _is_wanted(row, only)]
    shown = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return page(
        "exams/bank_statistics.html",
        bank=found,
        rows=shown,
        exposure=statistics_queries.exposure(session(), [row.question.hash for row in shown]),
        number=number,
        pages=pages_of(len(rows), PER_PAGE),
        count=len(rows),
        choices=ONLY,
        only=only,
        meaning=statistics_rules.MEANING,
        minimum=statistics_rules.MINIMUM_ANSWERS,
    )


def _is_wanted(row: QuestionFigures, only: str) -> bool:
    return not only or (bool(row.flags) if only == "flagged" else row.is_pilot)


@blueprint.get("/question-statistics/<bank_id>/<question_id>")
@access(Permission.LESSON_WRITE)
def question(bank_id: str, question_id: str) -> ResponseReturnValue:
    """The figures of one question, without its text."""
    return led_to_sign() or _question_page(bank_id, question_id, shows_text=False)


@blueprint.post("/question-statistics/<bank_id>/<question_id>/views")
@access(Permission.LESSON_WRITE)
def show(bank_id: str, question_id: str) -> ResponseReturnValue:
    """The question with its text and its key; that it was looked at is recorded (R-10)."""
    looking.look(session(), actor=current_identity(), bank_id=bank_id, question_id=question_id, now=now())
    return _question_page(bank_id, question_id, shows_text=True)


def _question_page(bank_id: str, question_id: str, *, shows_text: bool) -> ResponseReturnValue:
    found = statistics_queries.bank_of(session(), bank_id)
    row = statistics_queries.question_of(session(), found, question_id)
    held = statistics_queries.exposure(session(), [row.question.hash]).get(row.question.hash, 0)
    return page("exams/question_statistics.html", bank=found, row=row, held=held, shows_text=shows_text, meaning=statistics_rules.MEANING)
