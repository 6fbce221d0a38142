"""The reports' pages: the list of them, each with its filters, chart and table, and each as a sheet and as JSON."""

import json
from datetime import UTC, date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.sheets import sheet
from lms.reports import queries
from lms.reports.catalogue import AGREEMENTS, CATALOGUE
from lms.reports.finding import Found
from lms.reports.forms import AskedForm
from lms.reports.rules import MODELS, Asked, Report
from lms.web.guard import access
from lms.web.pages import page, page_asked, pages_of
from lms.web.transaction import now, session

blueprint = Blueprint("reports", __name__, template_folder="templates")


@blueprint.get("/reports")
@access(Permission.REPORT_READ)
def reports() -> ResponseReturnValue:
    """Every report with the question it answers."""
    return page("reports/reports.html", reports=CATALOGUE.values())


@blueprint.get("/reports/<report_id>")
@access(Permission.REPORT_READ)
def report(report_id: str) -> ResponseReturnValue:
    """One report: its shares, its chart and a page of its table."""
    found, number = _report(report_id), page_asked()
    form = _form(found)
    sound = form.validate()
    told = queries.page(session(), report=found, asked=form.asked, number=number) if sound else None
    return page(
        "reports/report.html",
        status=200 if sound else 422,
        report=found,
        form=form,
        found=told,
        number=number,
        pages=pages_of(told.count, found.per_page) if told else 1,
        addresses=_addresses(found, _sent(form)),
        models=MODELS,
        filtered=bool(_sent(form)),
    )


def _report(report_id: str) -> Report:
    found = CATALOGUE.get(report_id)
    if found is None:
        raise NotFound("There is no such report.")
    return found


def _form(found: Report) -> AskedForm:
    form = AskedForm(request.args)
    form.offer(found, now=now())
    return form


def _sent(form: AskedForm) -> dict[str, str]:
    return {field.name: request.args[field.name] for field in form if request.args.get(field.name)}


def _addresses(found: Report, sent: dict[str, str]) -> dict[str, str]:
    """Where a page, the sheet, the JSON and a State's agreements lie, with the filters that were sent."""
    query = urlencode(sent)
    elsewhere = urlencode({name: value for name, value in sent.items() if name != "state"} | {"state": ""})
    return {
        "page": f"{url_for('reports.report', report_id=found.id)}?{query}&page={{page}}",
        "sheet": f"{url_for('reports.export', report_id=found.id)}?{query}",
        "json": f"{url_for('reports.as_json', report_id=found.id)}?{query}",
        "state": f"{url_for('reports.report', report_id=AGREEMENTS.id)}?{elsewhere}",
    }


@blueprint.get("/reports/<report_id>/export")
@access(Permission.REPORT_READ)
def export(report_id: str) -> ResponseReturnValue:
    """The same rows as a sheet; no cell is taken for a formula."""
    found = _report(report_id)
    told = _whole(found)
    answer = Response(sheet([column.label for column in found.columns], told.rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.id}-{told.asked.on}.csv"'
    return answer


def _whole(found: Report) -> Found:
    form = _form(found)
    if not form.validate():
        raise Invalid("The report cannot be told so. Open its page, correct the filters and download it there.")
    return queries.whole(session(), report=found, asked=form.asked)


@blueprint.get("/reports/<report_id>/json")
@access(Permission.REPORT_READ)
def as_json(report_id: str) -> ResponseReturnValue:
    """The same rows as JSON, with what was asked and what is counted."""
    found = _report(report_id)
    told = _whole(found)
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, map(_plain, row), strict=True)) for row in told.rows]
    shares = [{"label": one.label, "numerator": one.part, "denominator": one.whole} for one in told.picture.shares]
    about = {"report": found.id, "title": found.title, "question": found.question, "source": found.source}
    counted = {"definitions": found.definitions, "asked": _asked(told.asked), "shares": shares, "count": told.count, "rows": rows}
    return Response(json.dumps(about | counted, ensure_ascii=False), mimetype="application/json")  # in the order of the columns


def _plain(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def _asked(asked: Asked) -> dict[str, Any]:
    chosen = {"state": asked.state, "model": asked.model, "agency": asked.agency, "standing": asked.standing}
    moment = asked.at.astimezone(UTC).isoformat(timespec="milliseconds")
    return {"on": asked.on.isoformat(), "as_of": moment, **{name: value for name, value in chosen.items() if value}}
