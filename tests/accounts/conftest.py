"""Fixtures for people and their passwords."""

from dataclasses import replace

import pytest
from flask import Flask

from lms.app import create_app
from lms.db.session import Database
from lms.kernel.clock import FrozenClock
from lms.web.site import Site
from tests.support.browser import Visitor
from tests.support.cast import Cast, cast_of


@pytest.fixture
def cast(sqlite: Database, clock: FrozenClock) -> Cast:
    with sqlite.writing() as session:
        return cast_of(session, now=clock.now())


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture
def app_on_each(database: Database, site: Site) -> Flask:
    """The application on each kind of database."""
    return create_app(replace(site, database=database))
