"""Files that are not papers: bombs, mazes, other types, nothing, too much. Each is told apart without being opened, and none is kept."""

import io
import zlib

import pytest
from sqlalchemy import select

from lms.certificates.models import Seal
from tests.support.browser import CSRF_FIELD
from tests.support.statements import is_write, statements_on
from tests.support.town import NOBODY, Town

HEAD, TAIL = b"%PDF-1.7\n", b"\n%%EOF"
FLATE_BOMB = zlib.compress(bytes(64 * 2**20), 9)
SIGNATURE = b"<30" + b"80" * 30_000 + b">"
HOSTILE = {
    "a stream that unpacks to 64 MiB": HEAD + b"1 0 obj<</Filter/FlateDecode>>stream\n" + FLATE_BOMB + b"\nendstream" + TAIL,
    "objects inside objects": HEAD + b"[" * 2_000_000 + TAIL,
    "dictionaries inside dictionaries": HEAD + b"<<" * 2_000_000 + TAIL,
    "a signature that never ends": HEAD + b"<30" + b"A" * 4_000_000 + TAIL,
    "a thousand signatures": HEAD + (b"<30" + b"A" * 4_000 + b">") * 1_000 + TAIL,
    "a signature of open lengths": HEAD + SIGNATURE + TAIL,
    "a signature of nested sequences": HEAD + b"<" + b"3080" * 15_000 + b">" + TAIL,
    "a signature that claims four GiB": HEAD + b"<3084FFFFFFFF" + b"00" * 1_000 + b">" + TAIL,
    "an odd number of digits": HEAD + b"<30" + b"A" * 1_001 + b">" + TAIL,
    "a script": HEAD + b"1 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj" + TAIL,
    "a reference to itself": HEAD + b"1 0 obj 1 0 R endobj xref\n0 1\ntrailer<</Root 1 0 R/Prev 9>>startxref\n9" + TAIL,
    "markup": b"<html><script>alert(1)</script></html>",
    "a picture with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a zip": b"PK\x03\x04" + bytes(2_000),
    "a program": b"\x7fELF" + bytes(2_000),
    "one byte": b"%",
    "the largest": bytes(5 * 2**20 + 1),
}


def uploaded(town: Town, content: bytes, *, name: str = "paper.pdf") -> tuple[int, str]:
    """What a stranger is told about a file. The body is written here: the test client would leave a file of its own open."""
    token = f'Content-Disposition: form-data; name="{CSRF_FIELD}"\r\n\r\n{town.browsers[NOBODY].token}'.encode()
    file = f'Content-Disposition: form-data; name="paper"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'.encode() + content
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in (token, file)) + b"--edge--\r\n"
    answer = town.asks(NOBODY, "POST", "/verify/paper", data=body, content_type="multipart/form-data; boundary=edge")
    return answer.status_code, answer.text


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_not_ours_and_leaves_nothing(town: Town, kind: str) -> None:
    before = sorted(path for path in town.site.settings.data.rglob("*"))
    with statements_on(town.site.database) as heard:
        status, told = uploaded(town, HOSTILE[kind])
    assert status == 200
    assert "not signed by this installation" in told
    assert not [statement for statement in heard if is_write(statement)]
    assert sorted(path for path in town.site.settings.data.rglob("*")) == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00.pdf", "<script>alert(1)</script>.pdf", "x" * 5_000, "\u202efdp.exe", ""])
def test_the_name_of_a_file_is_never_used_nor_shown(town: Town, name: str) -> None:
    status, told = uploaded(town, b"hello", name=name)
    assert status in {200, 422}
    assert "<script>" not in told.replace('<script src="', "").replace('<script type="module"', "")
    assert "passwd" not in told


def test_no_file_an_empty_one_and_a_word_in_its_place_are_asked_for_again(town: Town) -> None:
    answers = [uploaded(town, b""), uploaded(town, b"", name="")]
    answers += [(one.status_code, one.text) for one in (town.sends(NOBODY, "/verify/paper", form) for form in ({}, {"paper": "words"}))]
    for status, told in answers:
        assert status == 422
        assert "Choose the PDF file to check." in told


def test_more_than_six_megabytes_are_refused_unread(town: Town) -> None:
    status, told = uploaded(town, bytes(7 * 2**20))
    assert status == 413
    assert "<h1" in told


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "x/", ""])
def test_a_body_of_another_kind_is_refused_and_breaks_nothing(town: Town, kind: str) -> None:
    for path in ("/verify/paper", "/sign-in", "/verify"):
        answer = town.asks(NOBODY, "POST", path, data=b'{"a": [[[[', content_type=kind)
        assert 400 <= answer.status_code < 500, path


def test_a_thousand_and_more_parts_are_refused(town: Town) -> None:
    fields = {CSRF_FIELD: town.browsers[NOBODY].token, "paper": (io.BytesIO(b"x"), "x.pdf")}
    answer = town.asks(NOBODY, "POST", "/verify/paper", data=fields | {f"f{at}": "x" for at in range(2_000)})
    assert answer.status_code == 413


def test_the_paper_of_somebody_else_is_no_file_of_the_site(town: Town) -> None:
    """Papers lie outside what is served: neither their digest nor a climb leads to one."""
    with town.site.database.reading() as session:
        digests = session.scalars(select(Seal.digest)).all()
    assert len(digests) == 2
    climbs = ("/static/../papers", "/instance/cookie.secret", "/cookie.secret", "/.git/config", "/authority/root.p12")
    for path in (*climbs, *(f"/papers/{digest}" for digest in digests)):
        assert town.asks("certifier", "GET", path).status_code == 404
