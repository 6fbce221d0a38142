"""A whole program, built once for the tests that walk through every route."""

from pathlib import Path

import pytest

from tests.support.town import Town, town_in


@pytest.fixture(scope="session")
def built_town(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Town:
    return town_in(tmp_path_factory.mktemp("town"), migrated_sqlite)


@pytest.fixture
def town(built_town: Town) -> Town:
    built_town.restore()
    return built_town
