"""The description of the verification API: OpenAPI 3.1, as a plain value."""

from typing import Any, Final

from lms.authorizations.rules import Word as Standing
from lms.verification.rules import Word

VERSION: Final = "1.1.0"
STATUSES: Final = [str(word) for word in Word if word not in {Word.ALTERED, Word.NOT_OURS}]

TEXT: Final = {"type": "string"}
DAY: Final = {"type": "string", "format": "date"}
INSTANT: Final = {"type": "string", "format": "date-time", "description": "UTC, in milliseconds"}
MAYBE_INSTANT: Final = {"type": ["string", "null"], "format": "date-time"}
DIGEST: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
SECURITY: Final = {
    "session": {"type": "apiKey", "in": "cookie", "name": "lms", "description": "the cookie of somebody signed in; __Host-lms by TLS"},
    "token": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "the token that every form of the session carries"},
}
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
        "paths": {
            "/api/v1/certificates/{number}": {"get": _lookup()},
            "/api/v1/standing-questions": {"post": _question()},
            "/api/v1/standing-questions/{receipt}": {"get": _receipt()},
        },
        "components": {"schemas": SCHEMAS, "securitySchemes": SECURITY},
    }


def _lookup() -> dict[str, Any]:
    return {
        "operationId": "verifyCertificate",
        "summary": "What a certificate number says",
        "description": (
            "The number alone gives standing, class, program model, agency and date of issue, and whether the holder is certified "
            "and authorized now. With `name`: whether it is "
            "the one on the certificate. With `token`, the code from the paper: everything printed on it, and what the holder may do. "
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


def _question() -> dict[str, Any]:
    return {
        "operationId": "askAboutMoment",
        "summary": "Was an officer certified, and authorized for a function in a place, at a moment?",
        "description": (
            "For people signed in who may ask about authorizations: send the cookie of the session, and the token of its forms in "
            "X-CSRF-Token. Each question leaves a receipt. The same question, as known at the same moment, has the same answer for ever."
        ),
        "security": [{"session": [], "token": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Question"}}}},
        "responses": {
            "201": _answer("The answer, with every fact it stands on", "StandingAnswer"),
            "403": _answer("Not for this person, or the token is missing", "Refusal"),
            "422": _answer("The question names nobody, or cannot be answered for ever", "Refusal"),
        },
    }


def _receipt() -> dict[str, Any]:
    return {
        "operationId": "answerAgain",
        "summary": "An answer by the receipt of its question",
        "security": [{"session": []}],
        "parameters": [_parameter("receipt", "path", "the receipt", required=True)],
        "responses": {
            "200": _answer("The answer", "StandingAnswer"),
            "403": _answer("Not for this person", "Refusal"),
            "404": _answer("There is no such receipt", "Refusal"),
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


def _object_with(description: str, *, required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    """An object of which some properties may be left out."""
    return _object(description, **properties) | {"required": list(required)}


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
        certification={"$ref": "#/components/schemas/Certification"},
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
    "Certification": _object(
        "Whether the holder is certified: the certificate is valid and a written certification of ICE names the holder.",
        status={"type": "string", "enum": ["certified", "not certified", "unknown"]},
        as_of=INSTANT,
        meaning=TEXT,
    ),
    "Authorization": _object(
        "Whether an authorization that rests on this training is in force: another matter than being certified. "
        "`letters` are told to who brings the code from the paper, and to who is signed in and may ask.",
        status={"type": "string", "enum": ["in force", "not in force", "unknown"]},
        as_of=INSTANT,
        meaning=TEXT,
        letters={"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Letter"}}, {"type": "null"}]},
    ),
    "Letter": _object(
        "One authorization.",
        number=TEXT,
        standing={"type": "string", "enum": [str(word) for word in Standing]},
        since=INSTANT,
        functions=TEXTS,
        places=TEXTS,
        starts_at=INSTANT,
        ends_at=MAYBE_INSTANT,
        supervisor=TEXT,
        field_office=TEXT,
    ),
    "Question": _object_with(
        "Whom (by number, or by name and agency), which function, where (FIPS code), when, and as known when.",
        required=("function", "place"),
        certificate=TEXT,
        name=TEXT,
        agency=TEXT,
        function={**TEXT, "description": "id of a function of a template"},
        place={**TEXT, "pattern": "^[0-9]{2}([0-9]{3})?$"},
        at={**INSTANT, "description": "the moment asked about; now when it is left out"},
        known={**INSTANT, "description": "as known when; now when it is left out"},
    ),
    "StandingAnswer": _object(
        "The answer with the receipt of its question. The same question has the same answer, reference and SHA-256 for ever.",
        receipt={**TEXT, "format": "uuid"},
        asked_at=INSTANT,
        reference={**TEXT, "pattern": "^[0-9a-f]{16}$"},
        answer_sha256=DIGEST,
        answer={"type": "object", "required": ["question", "place_name", "certified", "authorized", "certified_and_authorized"]},
    ),
    "Refusal": _object("Why nothing is answered.", error=TEXT, detail=TEXT),
}
