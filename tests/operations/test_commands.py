"""The command line: where the data lies, and how what cannot be done is told."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lms.accounts import granting
from lms.accounts import service as accounts
from lms.accounts.factor_queries import factors
from lms.accounts.permissions import Role
from lms.certificates import keyring
from lms.certificates.numbers import CertificateClass, display, mint
from lms.cli import main
from lms.db.session import Database
from lms.kernel.clock import FrozenClock, SystemClock
from lms.kernel.ids import new_id
from tests.support.cast import person
from tests.support.databases import PostgresServer


def lms(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"LMS_DATA": None, "LMS_DATABASE_URL": None, **environ})


def refusal(*arguments: str, **environ: str) -> str:
    """The one sentence with which a command is refused."""
    done = lms(*arguments, **environ)
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    return done.output


def migrated(database: Database) -> dict[str, str]:
    return {"LMS_DATABASE_URL": database.engine.url.render_as_string(hide_password=False)}


def test_the_help_lists_every_command() -> None:
    told = lms("--help").output
    commands = "backup banks certificates courses demo keys people restore serve worker"
    assert [name for name in commands.split() if not re.search(rf"^  {name} ", told, re.MULTILINE)] == []


def test_a_command_on_a_new_installation_says_to_start_it_first(tmp_path: Path) -> None:
    number = mint(CertificateClass.FULL, b"0123456789")
    assert "start it once with `lms serve`" in refusal("--data", str(tmp_path / "new"), "certificates", "show", number)


def test_a_number_nobody_has_and_one_that_cannot_be_are_told_apart(sqlite: Database, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    unknown = display(mint(CertificateClass.FULL, b"0123456789"))
    assert f"There is no certificate {unknown}" in refusal(*data, "certificates", "show", unknown, **migrated(sqlite))
    assert "not a certificate number" in refusal(*data, "certificates", "show", "F-1234", **migrated(sqlite))


def test_keys_are_exported_without_a_key(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    data, public = ("--data", str(tmp_path / "data")), tmp_path / "public"
    assert "no keys yet" in refusal(*data, "keys", "export", str(public), **migrated(sqlite))
    keyring.found(tmp_path / "data", name="Test authority", specimen=True, now=clock.now())
    assert lms(*data, "keys", "export", str(public), **migrated(sqlite)).exit_code == 0
    assert len(list(public.iterdir())) == 6
    assert [path.name for path in public.iterdir() if "PRIVATE" in path.read_text() or path.suffix not in {".pem", ".crl"}] == []


def test_keys_are_renewed_and_a_new_issuing_authority_needs_the_root_back(sqlite: Database, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    keyring.found(tmp_path / "data", name="Test authority", specimen=True, now=SystemClock().now() - timedelta(days=1))
    authority = keyring.folder_of(tmp_path / "data")
    before = keyring.load(tmp_path / "data")
    assert lms(*data, "keys", "renew", **migrated(sqlite)).exit_code == 0
    after = keyring.load(tmp_path / "data")
    assert after.signer.certificate.serial_number != before.signer.certificate.serial_number
    root = (authority / "root.p12").rename(tmp_path / "carried away")
    assert "root" in refusal(*data, "keys", "renew", "--issuing", **migrated(sqlite))
    root.rename(authority / "root.p12")
    assert lms(*data, "keys", "renew", "--issuing", **migrated(sqlite)).exit_code == 0
    assert keyring.load(tmp_path / "data").intermediates != after.intermediates


def test_somebody_who_forgot_the_password_is_given_a_link(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    with sqlite.writing() as session:
        found = person(session, name="Ruth Adeyemi", role=Role.ADMINISTRATOR, now=clock.now())
    data = ("--data", str(tmp_path / "data"))
    assert "/password-links/" in lms(*data, "people", "password-link", found.email.upper(), **migrated(sqlite)).output
    assert "Nobody signs in as nobody@example.gov" in refusal(*data, "people", "password-link", "nobody@example.gov", **migrated(sqlite))


def test_the_machine_itself_is_the_second_person_and_the_way_back_to_a_factor(sqlite: Database, clock: FrozenClock, tmp_path: Path) -> None:
    with sqlite.writing() as session:
        administrator = person(session, name="Ruth Adeyemi", role=Role.ADMINISTRATOR, now=SystemClock().now())
        proctor = person(session, name="Priya Nair", role=Role.PROCTOR, now=clock.now())
        asked: dict[str, Any] = {"actor": administrator.identity, "now": SystemClock().now()}
        accounts.invite(session, email="jo@example.gov", name="Jo", role=Role.CERTIFIER, agency_id=None, **asked)
        granting.propose(session, user_id=proctor.user_id, role=Role.INSTRUCTOR, agency_id=None, form_id=new_id(), **asked)
    people = ("--data", str(tmp_path / "data"), "people")
    waiting = lms(*people, "waiting", **migrated(sqlite)).output.splitlines()
    assert ["jo@example.gov" in waiting[0], proctor.email in waiting[1]] == [True, True]
    for line in waiting:
        assert "Confirmed: " in lms(*people, "confirm", line.split()[0], **migrated(sqlite)).output
    assert "Nothing waits" in lms(*people, "waiting", **migrated(sqlite)).output
    assert "Nothing with that id waits" in refusal(*people, "confirm", str(new_id()), **migrated(sqlite))
    assert "are reset" in lms(*people, "reset-factors", proctor.email, "--reason", "Lost the phone", **migrated(sqlite)).output
    with sqlite.reading() as session:
        assert factors(session, user_id=proctor.user_id) == []


def test_a_host_that_others_reach_is_refused_outside_production(tmp_path: Path) -> None:
    assert "LMS_MODE=production" in refusal("--data", str(tmp_path / "data"), "serve", "--host", "0.0.0.0")  # noqa: S104 - to be refused
    assert not (tmp_path / "data").exists()


def test_a_demonstration_never_fills_an_installation_nor_runs_in_production(tmp_path: Path) -> None:
    (tmp_path / "lms.db").touch()
    assert "no demonstration" in refusal("--data", str(tmp_path), "demo")
    production = {"LMS_MODE": "production", "LMS_BASE_URL": "https://training.example.gov"}
    assert "published passwords" in refusal("--data", str(tmp_path / "new"), "demo", **production)
    (tmp_path / "demonstration").touch()
    assert "published passwords" in refusal("--data", str(tmp_path), "serve", **production)


def test_a_worker_waits_for_nobody_to_migrate(tmp_path: Path) -> None:
    assert "Start `lms serve`" in refusal("--data", str(tmp_path), "worker")


@pytest.mark.parametrize("setting", ["synchronous_commit=off", "synchronous_commit=local"])
def test_a_database_that_may_lose_answers_is_refused_by_name(postgres_server: PostgresServer, tmp_path: Path, setting: str) -> None:
    with postgres_server.fresh_database() as database:
        url = database.engine.url.update_query_dict({"options": f"-c {setting}"}).render_as_string(hide_password=False)
        assert "synchronous_commit off" in refusal("--data", str(tmp_path), "worker", LMS_DATABASE_URL=url)


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    told = refusal("--data", str(tmp_path), "worker", LMS_DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}")
    assert "The database cannot be used" in told


def test_the_data_folder_is_the_option_then_the_environment(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "lms.db").touch()
    assert str(one) in refusal("--data", str(one), "demo", LMS_DATA=str(other))
    assert str(other) in refusal("demo", LMS_DATA=str(other))
