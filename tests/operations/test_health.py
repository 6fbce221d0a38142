"""/healthz, the access log and proxies."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import request

from lms.app import create_app, open_site
from lms.db.session import Database
from lms.settings import Settings
from lms.web.application import Application
from lms.web.guard import PUBLIC, access
from lms.web.site import Site


def test_a_site_whose_database_is_ready_is_healthy(app: Application) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": True, "migrated": True})


def test_a_site_whose_database_lacks_migrations_is_not(tmp_path: Path) -> None:
    site = open_site(Settings(data=tmp_path, compress=False))
    answer = create_app(site).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": True, "migrated": False})
    site.database.close()


def test_a_site_whose_database_does_not_answer_is_not(site: Site, tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/no/such/folder/lms.db")
    answer = create_app(replace(site, database=nowhere)).test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "unavailable", "database": False, "migrated": False})


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1 http"), (1, "203.0.113.7 https"), (2, "198.51.100.9 https")])
def test_forwarded_addresses_are_believed_as_far_as_proxies_are_trusted(site: Site, proxies: int, seen: str) -> None:
    app = create_app(replace(site, settings=replace(site.settings, trusted_proxies=proxies)))

    @app.get("/seen")
    @access(PUBLIC)
    def view() -> str:
        return f"{request.remote_addr} {request.scheme}"

    forwarded = {"X-Forwarded-For": "192.0.2.66, 198.51.100.9, 203.0.113.7", "X-Forwarded-Proto": "https, https, https"}
    assert app.test_client().get("/seen", headers=forwarded, environ_base={"REMOTE_ADDR": "10.0.0.1"}).text == seen


def test_the_access_log_names_routes_and_no_secrets(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(replace(site, settings=replace(site.settings, access_log=True)))
    with caplog.at_level(logging.INFO, logger="lms.web.access_log"):
        app.test_client().get("/invitations/a-secret-link")
        app.test_client().get("/nowhere/at-all")
    assert "GET /invitations/<secret> 404" in caplog.text
    assert "GET (no such page) 404" in caplog.text
    assert "a-secret-link" not in caplog.text
    assert "at-all" not in caplog.text


def test_nothing_is_logged_of_a_request_unless_asked_for(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        app.test_client().get("/healthz")
    assert not [record for record in caplog.records if record.name.startswith("lms")]
