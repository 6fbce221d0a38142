"""Second factors: set up, asked for, used once, removed and reset."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.accounts import factor_queries, queries
from lms.accounts.factor_service import CHALLENGE_LASTS
from lms.accounts.models import Factor, RecoveryCode, UserSession
from lms.accounts.vault import KEY_FILE, Vault, vault_in
from lms.audit.models import AuditEntry
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.accounts.factors import CodeApp, codes_on, gives_the_password, sets_up_code_app, types
from tests.support.browser import SECOND_STEP, Visitor
from tests.support.cast import Cast, cast_of
from tests.support.passkey import SoftPasskey, passkey_of


@pytest.fixture
def proctor(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.proctor)


@pytest.fixture
def officer(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.officer)


@pytest.fixture
def phone(proctor: Visitor, clock: FrozenClock) -> CodeApp:
    """The proctor's code app; its first code is used, and half a minute has passed."""
    app, answer = sets_up_code_app(proctor, clock)
    assert answer.status_code == 303
    clock.advance(timedelta(seconds=60))
    return app


# --- Setting up ---


def test_an_officer_may_set_up_a_code_app_and_is_asked_for_it_from_then_on(
    officer: Visitor, app: Flask, cast: Cast, clock: FrozenClock
) -> None:
    phone, answer = sets_up_code_app(officer, clock)
    assert "Your recovery codes" in answer.text
    assert len(codes_on(officer)) == 10
    clock.advance(timedelta(seconds=60))
    elsewhere = Visitor(app)
    assert gives_the_password(elsewhere, cast.officer).headers["Location"].startswith(SECOND_STEP)
    assert elsewhere.opens("/account").status_code == 302
    assert types(elsewhere, phone.code).status_code == 303
    assert elsewhere.opens("/account").status_code == 200


def test_the_first_factor_ends_the_sessions_that_never_proved_it(app: Flask, cast: Cast, clock: FrozenClock) -> None:
    here, there = Visitor(app).signs_in_as(cast.officer), Visitor(app).signs_in_as(cast.officer)
    sets_up_code_app(here, clock)
    assert here.opens("/account").status_code == 200
    assert there.opens("/account").headers["Location"].startswith("/sign-in?next=")


def test_setting_up_the_first_factor_gives_the_browser_a_new_session(officer: Visitor, clock: FrozenClock) -> None:
    with officer.client.session_transaction() as cookie:
        before = cookie["_user_id"]
    sets_up_code_app(officer, clock)
    with officer.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before


def test_a_code_app_counts_only_once_its_code_was_typed_right(officer: Visitor, cast: Cast, sqlite: Database) -> None:
    officer.opens("/account/code-apps/new")
    sealed = officer.page.hidden("sealed")
    answer = officer.sends("/account/code-apps", name="Phone", code="000000", sealed=sealed)
    assert answer.status_code == 422
    assert "not the code that the app shows" in answer.text
    assert officer.page.hidden("sealed") == sealed
    with sqlite.reading() as session:
        assert factor_queries.factors(session, user_id=cast.officer.user_id) == []


def test_a_secret_shown_to_somebody_else_or_made_up_sets_up_nothing(app: Flask, cast: Cast, officer: Visitor) -> None:
    officer.opens("/account/code-apps/new")
    theirs = officer.page.hidden("sealed")
    proctor = Visitor(app).signs_in_as(cast.proctor)
    for sealed in (theirs, "", "AAAA", "é"):
        assert proctor.sends("/account/code-apps", name="Phone", code="000000", sealed=sealed).status_code == 409


def test_the_picture_holds_what_the_text_says(officer: Visitor) -> None:
    page = officer.opens("/account/code-apps/new").text
    assert re.search(r'<img class="qr"\s+src="data:image/svg\+xml', page)
    assert "otpauth" not in page


def test_the_secret_lies_in_the_database_only_sealed(phone: CodeApp, sqlite: Database, site: Site) -> None:
    with sqlite.reading() as session:
        row = session.scalars(select(Factor).where(Factor.sealed.is_not(None))).one()
    assert row.sealed is not None
    assert phone.secret.encode() not in row.sealed
    purpose = f"secret of a code app of {row.user_id}"
    assert vault_in(site.settings.data).opened(row.sealed, purpose=purpose) == phone.secret.encode()
    assert Vault(b"another key" * 3).opened(row.sealed, purpose=purpose) is None
    assert vault_in(site.settings.data).opened(row.sealed, purpose="another") is None
    assert (site.settings.data / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_factor_needs_a_name_and_there_are_at_most_ten(proctor: Visitor, cast: Cast) -> None:
    assert proctor.sends("/account/passkeys", name="", answer="{}").status_code == 422
    for number in range(9):
        assert proctor.sets_up_passkey(cast.proctor, SoftPasskey(bytes([number] * 8))).status_code == 303
    assert proctor.sets_up_passkey(cast.proctor, SoftPasskey(b"one too many")).status_code == 409
    assert "as many second factors" in proctor.opens("/account/factors").text


# --- Codes ---


def test_a_code_opens_the_second_step_once(app: Flask, cast: Cast, phone: CodeApp) -> None:
    first, second = Visitor(app), Visitor(app)
    for one in (first, second):
        gives_the_password(one, cast.proctor)
    assert types(first, phone.code).status_code == 303
    answer = types(second, phone.code)
    assert answer.status_code == 422
    assert "already used" in answer.text
    assert second.opens("/account").status_code == 302


def test_an_older_code_is_refused_after_a_newer_one(app: Flask, cast: Cast, phone: CodeApp, clock: FrozenClock) -> None:
    older = phone.code
    clock.advance(timedelta(seconds=30))
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    assert types(visitor, phone.code).status_code == 303
    other = Visitor(app)
    gives_the_password(other, cast.proctor)
    assert types(other, older).status_code == 422


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "1" * 61, "0000-0000-0000", "ＡＢＣ"])  # noqa: RUF001 - letters of another width
def test_a_wrong_code_is_refused_and_not_shown_again(app: Flask, cast: Cast, phone: CodeApp, code: str) -> None:
    del phone
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    answer = types(visitor, code)
    assert answer.status_code == 422
    assert visitor.opens("/account").status_code == 302


def test_after_ten_wrong_codes_even_the_right_one_waits_a_quarter_of_an_hour(
    app: Flask, cast: Cast, phone: CodeApp, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.accounts.checking.time.sleep", lambda _seconds: None)
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    assert [types(visitor, "000000").status_code for _ in range(11)] == [422] * 10 + [429]
    assert types(visitor, phone.code).status_code == 429
    clock.advance(timedelta(minutes=15, seconds=1))
    assert types(visitor, phone.code).status_code == 303


def test_wrong_codes_are_slowed_as_wrong_passwords_are(app: Flask, cast: Cast, phone: CodeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    del phone
    waited: list[float] = []
    monkeypatch.setattr("lms.accounts.checking.time.sleep", waited.append)
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    for _ in range(8):
        types(visitor, "000000")
    assert waited == [0.5, 1, 2, 4, 8][: len(waited)]
    assert len(waited) >= 4


# --- Recovery codes ---


def test_a_recovery_code_works_once(app: Flask, cast: Cast, officer: Visitor, clock: FrozenClock) -> None:
    sets_up_code_app(officer, clock)
    code = codes_on(officer)[3]
    for expected in (303, 422):
        visitor = Visitor(app)
        gives_the_password(visitor, cast.officer)
        assert types(visitor, code.lower()).status_code == expected
    assert "<strong>9</strong>" in officer.opens("/account/factors").text


def test_new_recovery_codes_replace_the_old_ones(app: Flask, cast: Cast, officer: Visitor, clock: FrozenClock) -> None:
    sets_up_code_app(officer, clock)
    old = codes_on(officer)
    officer.sends("/account/recovery-codes")
    new = codes_on(officer)
    assert not set(old) & set(new)
    visitor = Visitor(app)
    gives_the_password(visitor, cast.officer)
    assert types(visitor, old[0]).status_code == 422
    assert types(visitor, new[0]).status_code == 303


def test_recovery_codes_are_kept_as_digests_and_belong_to_one_person(
    app: Flask, cast: Cast, officer: Visitor, clock: FrozenClock, sqlite: Database
) -> None:
    sets_up_code_app(officer, clock)
    codes = codes_on(officer)
    with sqlite.reading() as session:
        kept = set(session.scalars(select(RecoveryCode.digest)))
    assert len(kept) == 10
    assert not kept & {code.replace("-", "") for code in codes}
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    assert types(visitor, codes[0]).status_code == 422


def test_without_a_factor_there_are_no_recovery_codes(officer: Visitor) -> None:
    assert officer.sends("/account/recovery-codes").status_code == 409


@pytest.mark.parametrize("kind", ["code", "recovery code"])
def test_of_two_who_use_the_same_code_at_once_one_gets_in(app_on_each: Flask, database: Database, clock: FrozenClock, kind: str) -> None:
    with database.writing() as session:
        cast = cast_of(session, now=clock.now())
    owner = Visitor(app_on_each).signs_in_as(cast.officer)
    phone, _ = sets_up_code_app(owner, clock)
    recovery = codes_on(owner)[0]
    clock.advance(timedelta(seconds=60))
    code = phone.code if kind == "code" else recovery
    visitors = [Visitor(app_on_each) for _ in range(3)]
    for one in visitors:
        gives_the_password(one, cast.officer)
        one.token()
    with ThreadPoolExecutor(len(visitors)) as pool:
        statuses = sorted(pool.map(lambda one: types(one, code).status_code, visitors))
    assert statuses == [303, 422, 422]


# --- Passkeys ---


def test_a_passkey_of_somebody_else_proves_nothing(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    answer = visitor.sends(SECOND_STEP, answer=visitor.passkey_answer(cast.proctor, passkey_of(cast.certifier.email)))
    assert answer.status_code == 422
    assert "none of yours" in answer.text
    assert visitor.opens("/account").status_code == 302


def test_an_answer_counts_once_and_only_in_its_session(app: Flask, cast: Cast) -> None:
    first, second = Visitor(app), Visitor(app)
    for one in (first, second):
        gives_the_password(one, cast.proctor)
    answer = first.passkey_answer(cast.proctor)
    second.passkey_answer(cast.proctor)
    assert second.sends(SECOND_STEP, answer=answer).status_code == 422
    assert first.sends(SECOND_STEP, answer=answer).status_code == 303
    assert first.sends(SECOND_STEP, answer=answer).status_code == 422


def test_a_challenge_is_gone_after_a_wrong_answer_and_after_five_minutes(app: Flask, cast: Cast, clock: FrozenClock) -> None:
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    answer = visitor.passkey_answer(cast.proctor)
    assert visitor.sends(SECOND_STEP, answer="{}").status_code == 422
    assert visitor.sends(SECOND_STEP, answer=answer).status_code == 422
    late = visitor.passkey_answer(cast.proctor)
    clock.advance(CHALLENGE_LASTS)
    assert visitor.sends(SECOND_STEP, answer=late).status_code == 422


@pytest.mark.parametrize(
    "answer", ["{", "[]", "1", "null", '{"id": "é"}', '{"id":"a","rawId":"a","type":"public-key","response":{}}', "x" * 20_001]
)
def test_what_is_no_answer_of_a_passkey_is_refused(app: Flask, cast: Cast, answer: str) -> None:
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    visitor.passkey_answer(cast.proctor)
    assert visitor.sends(SECOND_STEP, answer=answer).status_code == 422
    signed_in = Visitor(app).signs_in_as(cast.certifier)
    signed_in.sends_json("/account/passkeys/question", {})
    assert signed_in.sends("/account/passkeys", name="Key", answer=answer).status_code == 422


def test_a_copy_of_a_passkey_is_told_by_its_counter(app: Flask, cast: Cast, proctor: Visitor, sqlite: Database) -> None:
    device = SoftPasskey(b"counting", counter=5)
    proctor.sets_up_passkey(cast.proctor, device)
    for counter, expected in ((6, 303), (6, 422), (3, 422), (7, 303)):
        device.counter = counter
        visitor = Visitor(app)
        gives_the_password(visitor, cast.proctor)
        assert visitor.sends(SECOND_STEP, answer=visitor.passkey_answer(cast.proctor, device)).status_code == expected
    with sqlite.reading() as session:
        told = session.scalars(select(AuditEntry.outcome).where(AuditEntry.action == "gave a passkey whose counter went back")).all()
    assert told == ["refused", "refused"]


def test_a_passkey_made_for_another_site_is_refused(app: Flask, cast: Cast) -> None:
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    question = visitor.sends_json("/sign-in/passkey-question", {}).get_json()
    for id_, origin in (("evil.example", visitor.party.origin), (visitor.party.id, "https://evil.example")):
        elsewhere = type(visitor.party)(id_, origin, "")
        assert visitor.sends(SECOND_STEP, answer=passkey_of(cast.proctor.email).proves(question, elsewhere)).status_code == 422
        question = visitor.sends_json("/sign-in/passkey-question", {}).get_json()


def test_one_device_is_set_up_once(proctor: Visitor, cast: Cast) -> None:
    device = SoftPasskey(b"the same")
    assert proctor.sets_up_passkey(cast.proctor, device).status_code == 303
    assert proctor.sets_up_passkey(cast.proctor, device).status_code == 409


# --- Removing and resetting ---


def factors_of(database: Database, cast: Cast) -> list[factor_queries.FactorRow]:
    with database.reading() as session:
        return factor_queries.factors(session, user_id=cast.proctor.user_id)


def test_staff_keep_at_least_one_factor(proctor: Visitor, phone: CodeApp, cast: Cast, sqlite: Database) -> None:
    del phone
    first, second = factors_of(sqlite, cast)
    assert proctor.sends(f"/account/factors/{first.id}/removal").status_code == 303
    assert proctor.sends(f"/account/factors/{first.id}/removal").status_code == 404
    assert proctor.sends(f"/account/factors/{second.id}/removal").status_code == 409
    assert [one.id for one in factors_of(sqlite, cast)] == [second.id]


def test_an_officer_may_do_without_again_and_the_recovery_codes_end_with_the_factor(
    officer: Visitor, app: Flask, cast: Cast, clock: FrozenClock, sqlite: Database
) -> None:
    sets_up_code_app(officer, clock)
    with sqlite.reading() as session:
        (factor,) = factor_queries.factors(session, user_id=cast.officer.user_id)
    assert officer.sends(f"/account/factors/{factor.id}/removal").status_code == 303
    with sqlite.reading() as session:
        assert factor_queries.recovery_codes_left(session, user_id=cast.officer.user_id) == 0
        assert session.scalars(select(Factor.sealed).where(Factor.id == factor.id)).one() is None
    assert gives_the_password(Visitor(app), cast.officer).headers["Location"] == "/"


def test_nobody_removes_the_factor_of_another(app: Flask, cast: Cast, sqlite: Database, proctor: Visitor) -> None:
    (factor,) = factors_of(sqlite, cast)
    assert Visitor(app).signs_in_as(cast.certifier).sends(f"/account/factors/{factor.id}/removal").status_code == 404
    assert proctor.opens("/account").status_code == 200


def test_a_reset_takes_everything_and_the_next_sign_in_sets_up_anew(
    app: Flask, cast: Cast, proctor: Visitor, phone: CodeApp, sqlite: Database
) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    path = f"/people/{cast.proctor.user_id}/factor-reset"
    assert "Code app" in administrator.opens(path).text
    assert administrator.sends(path, reason="").status_code == 422
    assert administrator.sends(path, reason="Lost the phone; called back").status_code == 303
    assert proctor.opens("/account").headers["Location"].startswith("/sign-in?next=")
    again = Visitor(app)
    gives_the_password(again, cast.proctor)
    assert types(again, phone.code).headers["Location"] == "/account/factors"
    assert "Set up a second factor" in again.opens("/account/factors").text
    assert factors_of(sqlite, cast) == []
    assert "Your recovery codes" in again.sets_up_passkey(cast.proctor, SoftPasskey(b"new")).text
    assert again.opens("/proctoring").status_code == 200


def test_nobody_resets_their_own_factors(app: Flask, cast: Cast) -> None:
    administrator = Visitor(app).signs_in_as(cast.administrator)
    path = f"/people/{cast.administrator.user_id}/factor-reset"
    assert administrator.opens(path).status_code == 403
    assert administrator.sends(path, reason="Mine").status_code == 403


def test_a_session_half_way_is_told_in_the_trail_and_ends_when_the_factor_is_proved(app: Flask, cast: Cast, sqlite: Database) -> None:
    visitor = Visitor(app)
    gives_the_password(visitor, cast.proctor)
    with visitor.client.session_transaction() as cookie:
        half = cookie["_user_id"]
    visitor.proves(cast.proctor)
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != half
        cookie["_user_id"] = half
    assert visitor.opens("/account").headers["Location"].startswith("/sign-in?next=")
    with sqlite.reading() as session:
        rows = session.scalars(select(AuditEntry.action).where(AuditEntry.actor_id == cast.proctor.user_id).order_by(AuditEntry.at)).all()
        assert len(session.scalars(select(UserSession.id).where(UserSession.ended_at.is_(None))).all()) == 1
        assert queries.is_disabled(session, user_id=cast.proctor.user_id) is False
    assert sorted(rows)[:2] == ["gave the right password", "signed in"]
