"""The page checker finds what it is there to find."""

import pytest

from lms.web.headers import SECURITY_HEADERS
from tests.support.pages import check_page

GOOD = """<!DOCTYPE html><html lang="en"><head><title>Sign in · Site</title></head><body><main><h1>Sign in</h1>
<form method="post" action="/sign-in"><input type="hidden" name="csrf_token" value="t">
<label for="a">E-mail</label><input id="a" name="a"><button>Sign in</button></form></main></body></html>"""


def test_a_sound_page_passes() -> None:
    assert check_page(GOOD, SECURITY_HEADERS).hidden("csrf_token") == "t"


@pytest.mark.parametrize(
    ("sound", "faulty", "fault"),
    [
        ("<title>Sign in", "<title>Log in", "does not start with the heading"),
        ("<h1>Sign in</h1>", "", "0 <h1>"),
        ("<h1>Sign in</h1>", "<h1>Sign in</h1><h1>Sign in</h1>", "2 <h1>"),
        ("<main>", "<main><main></main>", "2 <main>"),
        ('for="a"', "", "has no label"),
        ('<input id="a"', '<input id="a"><input id="a"', "stands 2 times"),
        (' action="/sign-in"', "", "no action"),
        ('value="t"', 'value=""', "tokens, not one"),
        ("<h1>", '<h1 style="color:red">', "inline style"),
        ("<h1>", '<h1 onclick="x()">', "inline onclick"),
        ("<main>", "<main><script>x()</script>", "inline <script>"),
        ("<main>", "<main><style>p{}</style>", "inline <style>"),
        ("<main>", '<main><a href="javascript:x()">x</a>', "inline href"),
        ("<main>", '<main><p aria-describedby="nothing">x</p>', "points to nothing"),
        ("<button>Sign in</button>", "<button></button>", "a button says nothing"),
        ("</form>", "</form></div>", "closes nothing"),
        ("</form>", "</form><section>", "is never closed"),
        (' lang="en"', "", "its language"),
        ('method="post"', 'method="get"', "into the address"),
    ],
)
def test_each_fault_is_found(sound: str, faulty: str, fault: str) -> None:
    assert sound in GOOD
    with pytest.raises(AssertionError, match=fault):
        check_page(GOOD.replace(sound, faulty, 1), SECURITY_HEADERS)


@pytest.mark.parametrize("name", sorted(SECURITY_HEADERS))
def test_a_missing_header_is_found(name: str) -> None:
    headers = {key: value for key, value in SECURITY_HEADERS.items() if key != name}
    with pytest.raises(AssertionError, match=name):
        check_page(GOOD, headers)
