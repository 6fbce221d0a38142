"""The certifier's queue and what may be done about a certificate; the officer's own certificates and papers."""

from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.certificates import lost_results, prerequisites, queries, service
from lms.certificates.forms import CorrectionForm, IssueForm, NoteForm, RevocationForm
from lms.certificates.layout import KINDS as CLASSES
from lms.certificates.numbers import display, parse
from lms.certificates.prerequisites import WAITING_PER_PAGE
from lms.certificates.queries import CERTIFICATES_PER_PAGE, CertificateRow
from lms.certificates.reserving import Terms
from lms.certificates.rules import PROGRAM_MODELS, RevocationReason, Status, duration
from lms.certificates.service import NoSuchCertificate
from lms.web.guard import SIGNED_IN, access, current_identity
from lms.web.pages import page
from lms.web.site import site
from lms.web.transaction import finish, now, session, settings

blueprint = Blueprint("certificates", __name__, template_folder="templates")

REFRESH_SECONDS: Final = "3"
"""How soon a page that waits for a paper asks again."""
PDF: Final = "application/pdf"


def terms() -> Terms:
    """What this installation puts on every paper."""
    return Terms.of(settings())


@blueprint.get("/certificates")
@access(Permission.CERTIFICATE_ISSUE)
def queue() -> ResponseReturnValue:
    """Who may be given a certificate, who not and why, and what has been issued."""
    return _queue(IssueForm())


def _queue(form: IssueForm, status: int = 200) -> Response:
    demo, asked = settings().demo, request.args.get("q", "")[:100]
    number, waiting_number = _number("page"), _number("waiting")
    ready = prerequisites.ready(session(), demo=demo, now=now())
    besides = [one.enrollment_id for one in ready]
    rows = queries.certificates(session(), asked=asked, page=number)
    answer = page(
        "certificates/queue.html",
        status=status,
        form=form,
        ready=ready,
        classes=CLASSES,
        waiting=prerequisites.waiting(session(), besides=besides, demo=demo, now=now(), page=waiting_number),
        waiting_number=waiting_number,
        waiting_pages=_pages(prerequisites.waiting_count(session(), besides=besides, now=now()), WAITING_PER_PAGE),
        lost=lost_results.on_lost_results(session()),
        rows=rows,
        number=number,
        pages=_pages(queries.certificate_count(session(), asked=asked), CERTIFICATES_PER_PAGE),
        asked=asked,
        now=now(),
    )
    return answer if ready else _refreshed(answer, rows)


@blueprint.post("/certificates")
@access(Permission.CERTIFICATE_ISSUE, step_up=True)
def issue() -> ResponseReturnValue:
    """Issue certificates to the officers chosen."""
    form = IssueForm.from_request()
    if not form.validate():
        return _queue(form, 422)
    numbers = service.issue(session(), actor=current_identity(), enrollment_ids=form.officers.data, terms=terms(), now=now())
    if len(numbers) == 1:
        return redirect(url_for("certificates.certificate", number=numbers[0]), 303)
    return redirect(url_for("certificates.queue", _anchor="issued"), 303)


@blueprint.get("/certificates/<number>")
@access(SIGNED_IN)
def certificate(number: str) -> ResponseReturnValue:
    """One certificate: everything for certifiers, its standing for its officer and that officer's coordinator."""
    return _certificate(number)


def _certificate(number: str, status: int = 200, **forms: Any) -> Response:
    identity = current_identity()
    found = queries.certificate(session(), identity=identity, number=_meant(number))
    if found is None:
        raise NoSuchCertificate("There is no such certificate.")
    decides = identity.may(Permission.CERTIFICATE_REVOKE)
    replaced_by = queries.number_of(session(), found.supersession.replaced_by) if found.supersession else None
    answer = page(
        "certificates/certificate.html",
        status=status,
        certificate=found,
        standing=found.status(now()),
        shown=found.shown(now()),
        may_download=decides or identity.officer_id == found.officer_id,
        decides=decides,
        history=queries.history(session(), certificate_id=found.id) if decides else [],
        replaced_by=replaced_by,
        replaces=queries.replaced_number(session(), found.id),
        models=PROGRAM_MODELS,
        classes=CLASSES,
        duration=duration,
        Status=Status,
        **_forms(found, forms),
    )
    return _refreshed(answer, [] if forms else [found])


def _forms(found: CertificateRow, filled: dict[str, Any]) -> dict[str, Any]:
    """The forms below a certificate, each under names of its own; those that were sent come back as they were filled."""
    fresh = {
        "revocation": RevocationForm(prefix="revocation-"),
        "suspension": NoteForm(prefix="suspension-"),
        "ending": NoteForm(prefix="ending-"),
        "correction": CorrectionForm(prefix="correction-", data={"name": found.name}),
    }
    return fresh | filled


@blueprint.post("/certificates/<number>/revocation")
@access(Permission.CERTIFICATE_REVOKE, step_up=True)
def revoke(number: str) -> ResponseReturnValue:
    """Revoke the certificate for good."""
    form = RevocationForm.from_request(prefix="revocation-")
    if not form.validate():
        return _certificate(number, 422, revocation=form)
    reason = RevocationReason(form.reason.data)
    service.revoke(session(), actor=current_identity(), number=_meant(number), reason=reason, note=form.note.data, now=now())
    return _back(number)


@blueprint.post("/certificates/<number>/suspension")
@access(Permission.CERTIFICATE_REVOKE, step_up=True)
def suspend(number: str) -> ResponseReturnValue:
    """Suspend the certificate."""
    form = NoteForm.from_request(prefix="suspension-")
    if not form.validate():
        return _certificate(number, 422, suspension=form)
    service.suspend(session(), actor=current_identity(), number=_meant(number), note=form.note.data, now=now())
    return _back(number)


@blueprint.post("/certificates/<number>/suspension/ending")
@access(Permission.CERTIFICATE_REVOKE, step_up=True)
def lift(number: str) -> ResponseReturnValue:
    """Lift the suspension."""
    form = NoteForm.from_request(prefix="ending-")
    if not form.validate():
        return _certificate(number, 422, ending=form)
    service.lift(session(), actor=current_identity(), number=_meant(number), note=form.note.data, now=now())
    return _back(number)


@blueprint.post("/certificates/<number>/correction")
@access(Permission.CERTIFICATE_REVOKE, step_up=True)
def correct(number: str) -> ResponseReturnValue:
    """Issue a corrected certificate in place of this one."""
    form = CorrectionForm.from_request(prefix="correction-")
    if not form.validate():
        return _certificate(number, 422, correction=form)
    sent = {"name": form.name.data, "reason": form.note.data}
    made = service.correct(session(), actor=current_identity(), number=_meant(number), terms=terms(), now=now(), **sent)
    return _back(made)


@blueprint.get("/my-certificates")
@access(Permission.COURSE_TAKE)
def mine() -> ResponseReturnValue:
    """The officer's own certificates."""
    rows = queries.certificates_of(session(), officer_id=current_identity().officer_id, now=now())
    return _refreshed(page("certificates/mine.html", rows=rows, now=now(), models=PROGRAM_MODELS, classes=CLASSES, duration=duration), rows)


@blueprint.get("/certificates/<number>/paper")
@access(SIGNED_IN)
def paper(number: str) -> ResponseReturnValue:
    """The signed PDF, byte for byte as it was stored; a page that waits for it while it is being made."""
    found = queries.paper(session(), identity=current_identity(), number=_meant(number))
    if found is None:
        raise NoSuchCertificate("There is no such certificate.")
    if found.seal is None or not found.is_stored:
        return _refreshed(page("certificates/preparing.html", status=202, certificate=found, shown=found.shown(now())), [found])
    finish()  # reading a file needs no transaction
    answer = Response(site().blobs.read(found.seal.digest), mimetype=PDF)
    answer.headers["Content-Disposition"] = f'attachment; filename="certificate-{display(found.number)}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _refreshed(answer: Response, rows: list[CertificateRow]) -> Response:
    """The page, which asks again by itself while a paper is being prepared."""
    if any(row.is_being_prepared(now()) for row in rows):
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


def _meant(number: str) -> str:
    meant = parse(number)
    if not isinstance(meant, str):
        raise NoSuchCertificate("There is no such certificate.")
    return meant


def _back(number: str) -> ResponseReturnValue:
    return redirect(url_for("certificates.certificate", number=_meant(number)), 303)


def _number(name: str) -> int:
    """A page number in the address: 1 unless it is a sensible one."""
    return max(1, min(request.args.get(name, 1, type=int), 100_000))


def _pages(count: int, size: int) -> int:
    return max(1, -(-count // size))
