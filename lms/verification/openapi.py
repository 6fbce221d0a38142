"""The description of the verification API: OpenAPI 3.1, as a plain value."""

from typing import Any, Final

from lms.verification.rules import Word

VERSION: Final = "1.0.0"
STATUSES: Final = [str(word) for word in Word if word not in {Word.ALTERED, Word.NOT_OURS}]

TEXT: Final = {"type": "string"}
DAY: Final = {"type": "string", "format": "date"}
INSTANT: Final = {"type": "string", "format": "date-time", "description": "UTC, in milliseconds"}
MAYBE_INSTANT: Final = {"type": ["string", "null"], "format": "date-time"}
DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TEXTS: Final = {"type": "array", "items": TEXT}


def document(*, url: str, product: str) -> dict[str, Any]:
    """The whole document, for the installation at `url`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{product}: verification of certificates",
            "version": VERSION,
            "description": "A certificate attests training only. Certified is not authorized.",
        },
        "servers": [{"url": url}],
        "paths": {"/api/v1/certificates/{number}": {"get": _lookup()}},
        "components": {"schemas": SCHEMAS},
    }


def _lookup() -> dict[str, Any]:
    return {
        "operationId": "verifyCertificate",
        "summary": "What a certificate number says",
        "description": (
            "The number alone gives standing, class, program model, agency and date of issue. With `name`: whether it is "
            "the one on the certificate. With `token`, the code from the paper: everything printed on it. "
            "A wrong token is answered like an unknown number."
        ),
        "parameters": [
            _parameter("number", "path", "18 characters; hyphens, spaces and case do not matter", required=True),
            _parameter("name", "query", "the officer's name, to be compared"),
            _parameter("token", "query", "the code from the paper (`t` in the address of its QR code)"),
        ],
        "responses": {
            "200": _answer("A certificate that was issued here, whatever its standing", "Answer"),
            "400": _answer("The number has a typing slip: no certificate can have it", "Answer"),
            "404": _answer("Nothing answers to it", "Answer"),
            "429": _answer("Asked too often; Retry-After says how many seconds to wait", "Refusal"),
        },
    }


def _parameter(name: str, place: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "description": description, "schema": TEXT}


def _answer(description: str, schema: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _object(description: str, **properties: Any) -> dict[str, Any]:
    """An object that has each of these properties and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(schema: str) -> dict[str, Any]:
    return {"oneOf": [{"$ref": f"#/components/schemas/{schema}"}, {"type": "null"}]}


SCHEMAS: Final[dict[str, Any]] = {
    "Answer": _object(
        "One answer. Every key is always there, and null where there is nothing to say.",
        status={"type": "string", "enum": STATUSES},
        meaning=TEXT,
        number={"type": ["string", "null"], "pattern": "^[FAWD]-([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]$"},
        checked_at=INSTANT,
        specimen={"type": ["boolean", "null"], "description": "true: it was issued in a demonstration and proves nothing"},
        certificate=_or_null("Certificate"),
        name_matches={"type": ["boolean", "null"], "description": "null when no name was asked about"},
        claims=_or_null("Claims"),
        certifies=TEXT,
        does_not_certify=TEXT,
        authorization={"$ref": "#/components/schemas/Authorization"},
    ),
    "Certificate": _object(
        "What a number alone gives.",
        **{"class": {"type": "string", "enum": ["full", "abbreviated", "waived", "drill"]}},
        program_model=TEXT,
        agency=TEXT,
        issued_on=DAY,
    ),
    "Claims": _object(
        "Everything printed on the paper, and what became of it.",
        name=TEXT,
        course=TEXT,
        course_revision=TEXT,
        minutes={"type": "integer", "minimum": 0},
        subjects=TEXTS,
        completed_on=DAY,
        expires_at=MAYBE_INSTANT,
        certified_by=TEXT,
        certified_title=TEXT,
        issuer=TEXT,
        notes=TEXTS,
        signing_key=DIGEST,
        paper_sha256=DIGEST,
        revoked_at=MAYBE_INSTANT,
        revoked_because={"type": ["string", "null"]},
        superseded_at=MAYBE_INSTANT,
    ),
    "Authorization": _object(
        "Whether ICE has authorized the officer to act: another matter than being certified.",
        status={"type": "string", "enum": ["not recorded"]},
        as_of=INSTANT,
        meaning=TEXT,
    ),
    "Refusal": _object("Why nothing is answered.", error=TEXT, detail=TEXT),
}
