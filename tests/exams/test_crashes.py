"""Every process of the site is killed at a random moment while officers answer: nothing that was acknowledged is lost."""

from pathlib import Path

import pytest

from tests.support.crashes import kill_often

KILLS = 20


@pytest.mark.slow
def test_no_acknowledged_answer_is_lost_when_the_site_is_killed(migrated_sqlite: Path, tmp_path: Path) -> None:
    assert kill_often(migrated_sqlite, tmp_path, kills=KILLS) > KILLS
