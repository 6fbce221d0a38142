"""Anybody verifies: one big word, what it means, what it does not, and nothing that the asker is not to learn."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from lms.app import create_app
from lms.certificates.issuing import face
from lms.certificates.numbers import ALPHABET, CertificateClass, display, mint
from lms.certificates.pdf import draw
from lms.certificates.signers import signer
from lms.certificates.signing import DemoSigner
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.verification.limits import share_of
from tests.certificates.desk import FOUNDED, Desk, desk, keys_in
from tests.support.browser import Visitor
from tests.support.statements import is_write, statements_on

UNKNOWN = mint(CertificateClass.FULL, bytes(10))


def word(visitor: Visitor) -> str:
    """The one big word of the page."""
    (found,) = [element for element in visitor.page.elements if element.attributes.get("data-status")]
    status = str(found.attributes["data-status"])
    assert status in found.said()
    return status


def said(visitor: Visitor) -> str:
    return visitor.page.all("main")[0].said()


def uploads(visitor: Visitor, content: bytes, name: str = "paper.pdf") -> TestResponse:
    return visitor.sends("/verify/paper", paper=(io.BytesIO(content), name))


def masked(answer: TestResponse, number: str) -> str:
    """The body without the number itself and the token of the form."""
    grouped = "-".join(f"<span>{part}</span>" for part in display(number).split("-"))
    body = answer.text.replace(grouped, "NUMBER").replace(display(number), "NUMBER").replace(number, "NUMBER")
    return re.sub(r'name="csrf_token" value="[^"]*"', "", body)


def test_the_number_alone_tells_the_least(office: Desk, number: str) -> None:
    visitor = office.stranger
    answer = visitor.opens(f"/verify/{number}")
    assert (answer.status_code, word(visitor)) == (200, "valid")
    for told in ("Full", "Warrant Service Officer", "Palmetto County", "November 22, 2026", "certified is not authorized", "Authorization"):
        assert told in said(visitor)
    for hidden in ("Rivera", "Whitfield", office.row(number).token, "Program course"):
        assert hidden not in answer.text
    assert "Nov 22, 2026, 12:05 PM UTC" in said(visitor)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_number_is_typed_in_any_shape(office: Desk, number: str) -> None:
    visitor = office.stranger
    visitor.opens("/verify")
    answer = visitor.sends("/verify", number=display(number).lower().replace("-", " "), name="")
    assert answer.headers["Location"] == f"/verify/{display(number)}"
    visitor.follows(answer)
    assert word(visitor) == "valid"


def test_a_typed_name_is_confirmed_or_not_and_stands_in_no_address(office: Desk, number: str) -> None:
    visitor = office.stranger
    assert visitor.sends("/verify", number=number, name="rivera, DANA").status_code == 200
    assert "Name matches" in said(visitor)
    visitor.sends("/verify", number=number, name="Sam Okafor")
    assert word(visitor) == "valid"
    assert "Name does not match" in said(visitor)
    assert "Rivera" not in said(visitor)


def test_the_code_on_the_paper_tells_every_claim(office: Desk, number: str) -> None:
    visitor = office.stranger
    found = office.row(number)
    assert found.seal is not None
    visitor.opens(f"/verify/{number}?t={found.token}")
    for told in ("Dana Rivera", "Palmetto County", "Program course", "2 hours", "civil rights law", "Carol Whitfield", found.seal.digest):
        assert told in said(visitor)


def test_every_standing_is_told_at_once(office: Desk, number: str) -> None:
    visitor, token = office.stranger, office.row(number).token
    office.suspends(number)
    visitor.opens(f"/verify/{number}")
    assert word(visitor) == "suspended"
    office.revokes(number)
    visitor.opens(f"/verify/{number}")
    assert word(visitor) == "revoked"
    assert "An internal note" not in said(visitor)
    assert "found to be wrong" not in said(visitor)
    visitor.opens(f"/verify/{number}?t={token}")
    assert "The record of training behind it was found to be wrong." in said(visitor)
    assert "An internal note" not in said(visitor)


def test_a_corrected_certificate_is_superseded_and_the_new_number_stays_untold(office: Desk, number: str) -> None:
    corrected = office.corrects(number, "Dana Q. Rivera")
    visitor = office.stranger
    answer = visitor.opens(f"/verify/{number}?t={office.row(number).token}")
    assert word(visitor) == "superseded"
    assert corrected not in answer.text
    assert display(corrected) not in answer.text
    visitor.opens(f"/verify/{corrected}")
    assert word(visitor) == "valid"


def test_a_revocation_is_told_by_every_worker_at_once(office: Desk, number: str) -> None:
    other = Visitor(create_app(office.site))
    other.opens(f"/verify/{number}")
    assert word(other) == "valid"
    office.revokes(number)
    other.opens(f"/verify/{number}")
    assert word(other) == "revoked"


@pytest.mark.parametrize("place", range(18))
def test_a_typing_slip_is_told_before_the_database_is_asked(office: Desk, place: int) -> None:
    typed = UNKNOWN[:place] + ALPHABET[(ALPHABET.index(UNKNOWN[place]) + 1) % 32] + UNKNOWN[place + 1 :]
    visitor = office.stranger
    with statements_on(office.site.database) as sent:
        answer = visitor.opens(f"/verify/{typed}")
    assert (answer.status_code, word(visitor)) == (400, "typing slip")
    assert sent == []


def test_text_that_is_no_number_at_all_is_a_typing_slip(office: Desk) -> None:
    visitor = office.stranger
    for typed in ("hello", "paper", "%3Cscript%3E", "F" * 300):
        visitor.opens(f"/verify/{typed}")
        assert word(visitor) == "typing slip"
        assert "<script>" not in said(visitor)


def test_unknown_and_withheld_look_alike(office: Desk, number: str) -> None:
    disposed = office.certifies(office.trains("Ana Lopez"))
    unfinished = office.certifies(office.trains("Sam Okafor"), finished=False)
    with office.site.database.writing() as session:
        session.execute(text("DELETE FROM certificate_secret WHERE name = 'Ana Lopez'"))
    seen = {}
    for name, asked in (
        ("unknown", UNKNOWN),
        ("unfinished", unfinished),
        ("disposed", disposed),
        ("wrong code", f"{number}?t=AAAAAAAAAAAAAAAAAAAAAA"),
    ):
        visitor = office.stranger
        with statements_on(office.site.database) as sent:
            answer = visitor.opens(f"/verify/{asked}")
        seen[name] = (answer.status_code, len(sent), masked(answer, asked[:18]), sorted(answer.headers.keys()))
    assert seen["unknown"][0] == 404
    assert all(one == seen["unknown"] for one in seen.values())


def test_the_same_statements_answer_known_and_unknown_numbers(office: Desk, number: str) -> None:
    counts = []
    for asked in (UNKNOWN, number):
        with statements_on(office.site.database) as sent:
            office.stranger.opens(f"/verify/{asked}")
        counts.append(len(sent))
    assert counts == [6, 6]


def test_nothing_is_written_by_asking(office: Desk, number: str) -> None:
    visitor = office.stranger
    visitor.opens("/verify")
    with statements_on(office.site.database) as sent:
        visitor.opens(f"/verify/{number}")
        visitor.sends("/verify", number=number, name="Dana Rivera")
        uploads(visitor, office.paper(number))
    assert sent
    assert not any(map(is_write, sent))


def test_an_empty_form_says_what_to_type(office: Desk) -> None:
    visitor = office.stranger
    assert visitor.sends("/verify", number="", name="").status_code == 422
    assert "Type the number on the certificate." in said(visitor)


# --- The file -----------------------------------------------------------------------------------------------------------


def test_the_very_paper_tells_every_claim(office: Desk, number: str) -> None:
    visitor = office.stranger
    uploads(visitor, office.paper(number))
    assert word(visitor) == "valid"
    assert "byte for byte" in said(visitor)
    assert "Dana Rivera" in said(visitor)
    office.revokes(number)
    uploads(visitor, office.paper(number))
    assert word(visitor) == "revoked"


@pytest.mark.parametrize("place", [300, 20_000, -400])
def test_one_changed_byte_makes_it_altered(office: Desk, number: str, place: int) -> None:
    paper = bytearray(office.paper(number))
    paper[place] ^= 1
    visitor = office.stranger
    uploads(visitor, bytes(paper))
    assert word(visitor) == "altered"
    assert "Rivera" not in said(visitor)


def test_something_added_makes_it_altered(office: Desk, number: str) -> None:
    visitor = office.stranger
    uploads(visitor, office.paper(number) + b"\n")
    assert word(visitor) == "altered"


def test_a_paper_under_our_key_that_was_never_stored_is_not_ours_to_vouch_for(office: Desk, number: str) -> None:
    held = signer(office.site.settings)
    again = held.sign(draw(face(office.row(number), key_id=held.key_id, stated="{}")), now=office.clock.now())
    visitor = office.stranger
    uploads(visitor, again)
    assert word(visitor) == "altered"


def test_a_paper_of_another_authority_is_not_ours(office: Desk, number: str) -> None:
    stranger = DemoSigner.throw_away(name="Delegated Authority Training", now=FOUNDED)
    forged = stranger.sign(draw(face(office.row(number), key_id=stranger.key_id, stated="{}")), now=office.clock.now())
    visitor = office.stranger
    uploads(visitor, forged)
    assert word(visitor) == "not ours"
    assert "Rivera" not in said(visitor)


@pytest.mark.parametrize("content", [b"hello", b"%PDF-1.7\n%%EOF", bytes(range(256)) * 9])
def test_any_other_file_is_not_ours_and_never_shown(office: Desk, content: bytes) -> None:
    visitor = office.stranger
    answer = uploads(visitor, content, name="<img src=x>.pdf")
    assert word(visitor) == "not ours"
    assert "<img src=x>" not in answer.text


def test_without_a_file_or_with_one_too_large_the_answer_says_so(office: Desk) -> None:
    visitor = office.stranger
    assert visitor.sends("/verify/paper").status_code == 422
    assert "Choose the PDF file to check." in said(visitor)
    large = visitor.client.post("/verify/paper", data=bytes(7 * 1024 * 1024), content_type="multipart/form-data; boundary=x")
    assert large.status_code == 413


def test_without_keys_every_file_is_foreign(office: Desk, number: str) -> None:
    paper = bytearray(office.paper(number))
    paper[300] ^= 1
    (office.site.settings.data / "authority" / "public" / "root.pem").unlink()
    visitor = office.stranger
    uploads(visitor, bytes(paper))
    assert word(visitor) == "not ours"


def test_a_specimen_says_that_it_proves_nothing(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    shown = desk(sqlite, clock, data=tmp_path / "data", keys=keys_in(tmp_path / "keys", specimen=True), demo=True)
    number = shown.certifies(shown.trains())
    visitor = shown.stranger
    visitor.opens(f"/verify/{number}")
    assert word(visitor) == "valid"
    assert "proves nothing" in said(visitor)


def test_only_certifiers_are_led_to_the_record(office: Desk, number: str) -> None:
    link = f'href="/certificates/{number}"'
    assert link in office.certifier.opens(f"/verify/{number}").text
    assert link not in office.visits(office.made.cast.officer).opens(f"/verify/{number}").text


# --- Limits -------------------------------------------------------------------------------------------------------------


def test_sixty_a_minute_are_shared_among_the_workers(office: Desk, number: str) -> None:
    assert [share_of(workers) for workers in (1, 2, 4, 100)] == [60, 30, 15, 1]
    site = replace(office.site, settings=replace(office.site.settings, workers=12))
    visitor = Visitor(create_app(site))
    answers = [visitor.client.get(path) for path in [f"/verify/{number}", "/verify", f"/api/v1/certificates/{number}"] * 2]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = visitor.opens(f"/verify/{number}")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "asked too often" in refused.text
    assert visitor.client.get("/healthz").status_code == 200


def test_addresses_are_counted_apart(office: Desk) -> None:
    site = replace(office.site, settings=replace(office.site.settings, workers=60))
    client = create_app(site).test_client()
    codes = [
        client.get("/verify", environ_base={"REMOTE_ADDR": address}).status_code for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")
    ]
    assert codes == [200, 429, 200]
