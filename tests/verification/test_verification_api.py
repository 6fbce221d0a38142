"""The API answers as the pages do, in shapes that its own description promises."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from lms.certificates.numbers import CertificateClass, display, mint
from lms.verification import openapi
from lms.verification.rules import Word
from tests.certificates.desk import Desk

UNKNOWN = mint(CertificateClass.FULL, bytes(10))


def asks(office: Desk, path: str, **arguments: str) -> TestResponse:
    return office.app.test_client().get(f"/api/v1/{path}", query_string=arguments)


def fits(office: Desk, answer: TestResponse) -> dict[str, Any]:
    """The answer, which has the shape that the description promises for its status code."""
    described = asks(office, "openapi.json").get_json()
    response = described["paths"]["/api/v1/certificates/{number}"]["get"]["responses"][str(answer.status_code)]
    schema = response["content"]["application/json"]["schema"]
    Draft202012Validator({**schema, "components": described["components"]}).validate(answer.get_json())
    found: dict[str, Any] = answer.get_json()
    return found


def certificate(office: Desk, number: str, **arguments: str) -> dict[str, Any]:
    return fits(office, asks(office, f"certificates/{number}", **arguments))


def test_the_description_is_openapi(office: Desk) -> None:
    described = asks(office, "openapi.json").get_json()
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": office.site.settings.url}]
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert set(openapi.STATUSES) == {str(word) for word in Word} - {"altered", "not ours"}


def test_the_number_alone_tells_the_least(office: Desk, number: str) -> None:
    found = certificate(office, number)
    assert (found["status"], found["number"], found["checked_at"]) == ("valid", display(number), "2026-11-22T12:05:00.000Z")
    assert found["certificate"] == {
        "class": "full",
        "program_model": "Warrant Service Officer",
        "agency": "Palmetto County Sheriff's Office",
        "issued_on": "2026-11-22",
    }
    assert (found["claims"], found["name_matches"], found["specimen"]) == (None, None, False)
    for asked, status in (("certification", "not certified"), ("authorization", "not in force")):
        assert (found[asked]["status"], found[asked]["as_of"]) == (status, found["checked_at"])
    assert found["authorization"]["letters"] is None


@pytest.mark.parametrize(("name", "matches"), [("dana rivera", True), ("Sam Okafor", False)])
def test_a_name_is_confirmed_or_not(office: Desk, number: str, name: str, matches: bool) -> None:
    found = certificate(office, number, name=name)
    assert found["name_matches"] is matches
    assert found["claims"] is None


def test_the_code_tells_every_claim(office: Desk, number: str) -> None:
    row = office.row(number)
    assert row.seal is not None
    claims = certificate(office, number, token=row.token)["claims"]
    assert (claims["name"], claims["minutes"], claims["paper_sha256"]) == ("Dana Rivera", 120, row.seal.digest)
    assert claims["revoked_at"] is None


def test_every_standing_is_described(office: Desk, number: str) -> None:
    token = office.row(number).token
    corrected = office.corrects(number, "Dana Q. Rivera")
    assert certificate(office, number, token=token)["claims"]["superseded_at"] == "2026-11-22T12:05:00.000Z"
    assert certificate(office, number)["status"] == "superseded"
    office.suspends(corrected)
    assert certificate(office, corrected)["status"] == "suspended"
    office.revokes(corrected)
    claims = certificate(office, corrected, token=office.row(corrected).token)["claims"]
    assert (claims["revoked_at"], claims["revoked_because"]) == (
        "2026-11-22T12:05:00.000Z",
        "The record of training behind it was found to be wrong.",
    )


def test_unknown_withheld_and_wrong_codes_look_alike(office: Desk, number: str) -> None:
    unfinished = office.certifies(office.trains("Sam Okafor"), finished=False)
    asked: list[tuple[str, dict[str, str]]] = [
        (UNKNOWN, {}),
        (UNKNOWN, {"name": "Dana Rivera"}),
        (unfinished, {}),
        (unfinished, {"token": office.row(unfinished).token}),
        (number, {"token": "A" * 22}),
        (number, {"token": "A" * 22, "name": "Dana Rivera"}),
    ]
    answers = [asks(office, f"certificates/{one}", **arguments) for one, arguments in asked]
    assert {answer.status_code for answer in answers} == {404}
    bodies = [fits(office, answer) | {"number": None} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert bodies[0]["status"] == "not found"


def test_a_typing_slip_has_the_same_shape(office: Desk) -> None:
    answer = asks(office, "certificates/F0000")
    assert answer.status_code == 400
    assert fits(office, answer)["status"] == "typing slip"


def test_asking_too_often_is_told_as_json(office: Desk, number: str) -> None:
    client = office.app.test_client()
    answers = [client.get(f"/api/v1/certificates/{number}") for _ in range(61)]
    assert [answer.status_code for answer in answers[-2:]] == [200, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    described = openapi.document(url="", product="")
    schema = {"$ref": "#/components/schemas/Refusal", "components": described["components"]}
    Draft202012Validator(schema).validate(answers[-1].get_json())


def test_answers_are_never_kept_by_caches(office: Desk, number: str) -> None:
    assert asks(office, f"certificates/{number}").headers["Cache-Control"] == "no-store"
