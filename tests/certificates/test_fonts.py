"""The shipped typefaces are the files their list names, under a license that is with them."""

import hashlib

from lms.certificates.fonts import Style, Typeface, covers
from lms.kernel.content import certificates_root

FONTS = certificates_root() / "fonts"


def test_the_typefaces_are_the_ones_listed() -> None:
    lines = (line.split() for line in (FONTS / "SHA256SUMS").read_text().splitlines())
    listed = {name: digest for digest, name in lines}
    shipped = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")}
    assert listed == shipped
    assert {f"{typeface.value}.ttf" for typeface in Typeface} == set(shipped)


def test_the_license_names_each_file() -> None:
    terms = (FONTS / "OFL.txt").read_text()
    assert all(path.name in terms for path in FONTS.glob("*.ttf"))
    assert "SIL OPEN FONT LICENSE Version 1.1" in terms


def test_text_beyond_a_typeface_is_set_in_the_plain_one() -> None:
    style = Style(Typeface.ITALIC, 20, (0, 0, 0))
    assert style.suited("Dana") == style
    assert style.suited("Ẹ́gbẹ́").typeface is Typeface.PLAIN
    assert covers(Typeface.PLAIN, "Ẹ́gbẹ́")
    assert not covers(Typeface.ROMAN, "Ẹ́gbẹ́")
