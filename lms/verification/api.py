"""The same answers as JSON."""

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from lms.accounts.permissions import Permission
from lms.certificates.numbers import display
from lms.verification import openapi, rules, service
from lms.verification.rules import Answer, Asked, FullClaims, Letter, PublicClaims, Word
from lms.web.guard import PUBLIC, access, identity_if_any
from lms.web.transaction import now, session, settings

blueprint = Blueprint("verification_api", __name__, url_prefix="/api/v1")
STATUSES = {Word.NOT_FOUND: 404, Word.TYPING_SLIP: 400}
LONGEST = 200
"""Characters of a name or a code that are looked at."""


@blueprint.get("/certificates/<number>")
@access(PUBLIC)
def certificate(number: str) -> ResponseReturnValue:
    """What the number says, with a name or with the code from the paper."""
    identity = identity_if_any()
    asked = Asked(
        name=request.args.get("name", "").strip()[:LONGEST],
        token=request.args.get("token", "")[:LONGEST],
        may_read=identity is not None and identity.may(Permission.AUTHORIZATION_READ),
    )
    answer = service.check_number(session(), text=number, asked=asked, now=now())
    return jsonify(shape_of(answer)), STATUSES.get(answer.word, 200)


@blueprint.get("/openapi.json")
@access(PUBLIC)
def document() -> ResponseReturnValue:
    """The description of this API (OpenAPI 3.1)."""
    return jsonify(openapi.document(url=settings().url, product=settings().product_name))


def shape_of(answer: Answer) -> dict[str, Any]:
    """An answer as JSON: every key is always there, and null where there is nothing to say."""
    return {
        "status": str(answer.word),
        "meaning": answer.meaning,
        "number": display(answer.number) if answer.number else None,
        "checked_at": _instant(answer.checked_at),
        "specimen": answer.specimen if answer.is_found else None,
        "certificate": _public(answer.public) if answer.public else None,
        "name_matches": answer.name_matches,
        "claims": _full(answer.full) if answer.full else None,
        "certifies": answer.certifies,
        "does_not_certify": rules.DOES_NOT_CERTIFY,
        "certification": _yes_or_no(answer, answer.certified, answer.certification, ("certified", "not certified")),
        "authorization": _yes_or_no(answer, answer.in_force, answer.authorization, ("in force", "not in force"))
        | {"letters": None if answer.letters is None else [_letter(one) for one in answer.letters]},
    }


def _yes_or_no(answer: Answer, found: bool | None, meaning: str, words: tuple[str, str]) -> dict[str, Any]:
    """One of the two further questions, with the moment of its answer (R-15)."""
    status = "unknown" if found is None else words[0] if found else words[1]
    return {"status": status, "as_of": _instant(answer.checked_at), "meaning": rules.UNKNOWN if found is None else meaning}


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "standing": letter.standing,
        "since": _instant(letter.since),
        "functions": list(letter.functions),
        "places": list(letter.places),
        "starts_at": _instant(letter.starts_at),
        "ends_at": _instant_or_none(letter.ends_at),
        "supervisor": letter.supervisor,
        "field_office": letter.field_office,
    }


def _public(claims: PublicClaims) -> dict[str, Any]:
    return {
        "class": claims.certificate_class,
        "program_model": claims.program_model,
        "agency": claims.agency,
        "issued_on": claims.issued_on.isoformat(),
    }


def _full(claims: FullClaims) -> dict[str, Any]:
    return {
        "name": claims.name,
        "course": claims.course,
        "course_revision": claims.course_revision,
        "minutes": claims.minutes,
        "subjects": list(claims.subjects),
        "completed_on": claims.completed_on.isoformat(),
        "expires_at": _instant_or_none(claims.expires_at),
        "certified_by": claims.certified_by,
        "certified_title": claims.certified_title,
        "issuer": claims.issuer,
        "notes": list(claims.notes),
        "signing_key": claims.signing_key,
        "paper_sha256": claims.paper,
        "revoked_at": _instant_or_none(claims.revoked_at),
        "revoked_because": claims.revoked_because or None,
        "superseded_at": _instant_or_none(claims.superseded_at),
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _instant_or_none(moment: datetime | None) -> str | None:
    return None if moment is None else _instant(moment)
