"""Administrators make agencies in the browser; coordinators see their own and nothing of another."""

import uuid

import pytest
from flask import Flask

from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of

NEW = {"name": "Mesa Verde Sheriff's Office", "kind": "sheriff", "state": "CO", "time_zone": "America/Denver"}


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def administrator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.administrator)


@pytest.fixture
def coordinator(app: Flask, cast: Cast) -> Visitor:
    return Visitor(app).signs_in_as(cast.coordinator)


def test_an_administrator_adds_an_agency_and_lands_on_its_page(administrator: Visitor) -> None:
    administrator.opens("/agencies/new")
    answer = administrator.follows(administrator.sends("/agencies", **NEW))
    assert "Mesa Verde Sheriff&#39;s Office" in answer.text
    assert "Nobody" not in administrator.opens("/agencies").text


def test_an_agency_with_holes_comes_back_with_what_to_correct(administrator: Visitor) -> None:
    answer = administrator.sends("/agencies", **(NEW | {"name": "", "state": "ZZ"}))
    assert answer.status_code == 422
    assert "Enter the full name of the agency." in answer.text


def test_an_agency_that_exists_is_not_made_twice(administrator: Visitor) -> None:
    administrator.sends("/agencies", **NEW)
    assert administrator.sends("/agencies", **NEW).status_code == 409


def test_a_coordinator_sees_the_officers_of_the_own_agency(coordinator: Visitor, cast: Cast) -> None:
    assert "Cedar Falls" not in coordinator.opens("/agencies").text
    answer = coordinator.opens(f"/agencies/{cast.palmetto}")
    assert "Dana Rivera" in answer.text
    assert "Invite a person" not in answer.text


def test_another_agency_answers_exactly_like_one_that_does_not_exist(coordinator: Visitor, cast: Cast) -> None:
    other = coordinator.opens(f"/agencies/{cast.cedar_falls}")
    nothing = coordinator.opens(f"/agencies/{uuid.UUID(int=7)}")
    assert (other.status_code, other.text) == (nothing.status_code, nothing.text)
    assert other.status_code == 404


@pytest.mark.parametrize("path", ["/agencies/new", "/people", "/people/invitations"])
def test_a_coordinator_neither_adds_agencies_nor_invites(coordinator: Visitor, path: str) -> None:
    assert coordinator.opens(path).status_code == 403


def test_an_officer_sees_no_agencies(app: Flask, cast: Cast) -> None:
    assert Visitor(app).signs_in_as(cast.officer).opens("/agencies").status_code == 403
