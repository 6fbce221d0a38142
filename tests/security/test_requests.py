"""Requests that did not come from our pages, links that lead elsewhere, and hosts that are not ours."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest

from lms.app import create_app
from lms.kernel.clock import FrozenClock
from lms.settings import Settings
from lms.web.application import Application
from lms.web.forms import csrf_token
from lms.web.site import Site
from tests.support.browser import CSRF_FIELD, Visitor
from tests.support.cast import PASSWORD
from tests.support.exam_site import exam_site
from tests.support.routes import ROUTES, address_of, callers, endpoints, form_of
from tests.support.statements import is_write, statements_on
from tests.support.town import NOBODY, PALMETTO, Town

EVIL = "evil.example"
OURS = "https://training.example.gov"


def test_no_form_is_taken_without_the_token_of_its_own_browser_or_from_another_site(town: Town) -> None:
    mine, theirs, nobodys = (town.browsers[who].token for who in ("officer", "outsider", NOBODY))
    assert len({mine, theirs, nobodys}) == 3
    for rule in endpoints(town, "POST"):
        who, path = callers(town, rule)[0], address_of(town, rule, PALMETTO)
        form, good = form_of(ROUTES[rule.endpoint], town.things[PALMETTO]), town.browsers[who].token
        other = theirs if who != "outsider" else mine
        wrong = ("", "x", "##", other, nobodys, good[:-1], f"{good} ", good.upper())
        tokens: list[dict[str, str]] = [{}, *({CSRF_FIELD: token} for token in wrong)]
        with statements_on(town.site.database) as heard:
            for token in tokens:
                assert town.asks(who, "POST", path, data=form | token).status_code == 403, f"{rule.rule} with {token}"
            elsewhere = [
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Origin": f"https://{EVIL}"},
                {"Origin": "null"},
                {"Origin": ""},
                {"Origin": f"http://localhost.{EVIL}"},
                {"Origin": f"http://localhost@{EVIL}"},
                {"Origin": "http://localhost:81"},
            ]
            for headers in elsewhere:
                assert town.sends(who, path, form, headers=headers).status_code == 403, f"{rule.rule} with {headers}"
            assert town.asks(who, "POST", path, data=form, query_string={CSRF_FIELD: good}).status_code == 403, rule.rule
        left = {statement.split()[2] for statement in heard if is_write(statement)}
        assert left <= {"audit_entry", "ledger_waiting"}, f"{rule.rule} was refused, and left more than the entry of its refusal"


def test_a_token_from_before_signing_in_is_worth_nothing_afterwards(town: Town) -> None:
    visitor = Visitor(town.app)
    before = visitor.token()
    visitor.signs_in_as(town.people["officer"])
    assert visitor.client.post("/privacy/reading", data={CSRF_FIELD: before}).status_code == 403


def test_an_exam_is_handed_in_with_the_token_of_three_hours_and_ten_minutes_ago(app: Application, site: Site, clock: FrozenClock) -> None:
    officer = exam_site(app, site, clock).officer().starts()
    token = officer.token()
    clock.advance(timedelta(hours=3, minutes=10))
    answer = officer.client.post(f"{officer.attempt}/submission", data={CSRF_FIELD: token})
    assert answer.headers["Location"] == f"{officer.attempt}/result"


def test_a_token_names_no_moment_at_which_it_would_end(app: Application) -> None:
    with app.test_request_context():
        assert csrf_token().startswith("##"), "WTForms writes the end of a token before the marks"


# --- Where links lead ---------------------------------------------------------------------------------------------------

ELSEWHERE = [
    f"//{EVIL}",
    f"///{EVIL}",
    f"////{EVIL}",
    f"/\\{EVIL}",
    f"\\/{EVIL}",
    f"\\\\{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"https://{EVIL}/account",
    f"http:\\\\{EVIL}",
    f"/\t/{EVIL}",
    f"\t//{EVIL}",
    f" //{EVIL}",
    f"/\n/{EVIL}",
    f"/\r\n/{EVIL}",
    f"/%09/{EVIL}",
    f"%2f%2f{EVIL}",
    f"/%5c{EVIL}",
    f"/%2f{EVIL}",
    f"/.//{EVIL}",
    f"/..//{EVIL}",
    f"/\uff0f{EVIL}",
    f"\uff0f\uff0f{EVIL}",
    f"/\u2028/{EVIL}",
    f"@{EVIL}",
    f"/account@{EVIL}",
    f".{EVIL}",
    f"javascript:alert(1)//{EVIL}",
    f"JavaScript:alert('{EVIL}')",
    f"data:text/html,{EVIL}",
]


def browsed(location: str, page: str) -> str:
    """Where a browser goes: it drops tabs and line ends, and reads a backslash as a slash."""
    return urljoin(f"{OURS}{page}", re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/"))


@pytest.mark.parametrize("asked", ELSEWHERE)
def test_nobody_is_led_to_another_site(town: Town, asked: str) -> None:
    fields = {"email": town.people["proctor"].email, "password": PASSWORD, "next": asked}
    answers = {
        "/sign-in": town.sends(NOBODY, "/sign-in", fields),
        "/sign-in?next": town.asks("officer", "GET", "/sign-in", query_string={"next": asked}),
        "/privacy/reading": town.sends("officer", "/privacy/reading", {"next": asked}),
    }
    for page, answer in answers.items():
        assert answer.status_code == 303
        went = urlsplit(browsed(answer.headers["Location"], page))
        assert f"{went.scheme}://{went.netloc}" == OURS, f"{page} leads to {answer.headers['Location']!r}"
    for page in ("/sign-in", "/privacy"):
        kept = re.search(r'name="next"[^>]* value="([^"]*)"', town.asks(NOBODY, "GET", page, query_string={"next": asked}).text)
        assert kept is None or urlsplit(browsed(kept[1], page)).netloc == urlsplit(OURS).netloc


# --- Hosts that are not ours --------------------------------------------------------------------------------------------


def test_no_page_speaks_of_the_host_that_a_request_names(town: Town) -> None:
    headers = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}", "X-Original-URL": f"//{EVIL}"}
    for rule in endpoints(town, "GET"):
        for who in (callers(town, rule)[0], NOBODY):
            answer = town.asks(who, "GET", address_of(town, rule, PALMETTO), headers=headers)
            assert EVIL not in answer.data.decode("latin-1") + str(answer.headers), f"{who}, {rule.rule}"


@pytest.mark.parametrize("endpoint", ["agencies.invite", "password_links.make_password_link"])
def test_links_that_are_passed_on_name_the_address_in_the_settings(town: Town, endpoint: str) -> None:
    app = create_app(replace(town.site, settings=replace(town.site.settings, base_url=OURS)))
    rule = next(rule for rule in endpoints(town, "POST") if rule.endpoint == endpoint)
    answer = app.test_client(use_cookies=False).post(
        address_of(town, rule, PALMETTO),
        data={CSRF_FIELD: town.browsers["administrator"].token, **form_of(ROUTES[endpoint], town.things[PALMETTO])},
        headers={"Host": EVIL, "Cookie": f"__Host-{town.browsers['administrator'].cookie}"},
    )
    assert answer.status_code == 200
    assert re.search(rf"{OURS}/(invitations|password-links)/[\w-]{{20,}}", answer.text)
    assert EVIL not in answer.text


def test_an_address_with_too_many_slashes_leads_nowhere_else(town: Town) -> None:
    for path in (f"//{EVIL}/sign-in", "//sign-in", "/agencies//", "//account", "/people//invitations", "/sign-in/", f"/sign-in//{EVIL}"):
        answer = town.app.test_client().get("/", environ_overrides={"PATH_INFO": path, "HTTP_HOST": EVIL})
        assert answer.status_code in {200, 302, 404}, path
        assert EVIL not in answer.headers.get("Location", "").partition("?")[0], path


def test_the_address_on_papers_and_messages_is_a_setting() -> None:
    assert Settings(base_url=f"{OURS}/").url == OURS
