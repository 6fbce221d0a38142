"""Whoever changes something leaves an entry, exactly one for each change; whoever only looks leaves none."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.courses.renderer import renderers
from lms.kernel.clock import FrozenClock
from lms.ledger.models import LedgerWaiting
from lms.web.application import Application
from lms.web.site import Site
from tests.audit.authority import AUTHORITY
from tests.audit.classwork import CLASSWORK
from tests.audit.emergency import EMERGENCY
from tests.audit.exam_room import EXAM_ROOM
from tests.audit.exercises import EXERCISES
from tests.audit.marking import MARKING
from tests.audit.paperwork import PAPERWORK
from tests.audit.people import PEOPLE, proves_anew
from tests.audit.records import RECORDS
from tests.audit.rulings import RULINGS
from tests.audit.sittings import SITTINGS
from tests.audit.stage import ACTS as OTHERS
from tests.audit.stage import EXCEPTIONS, Act, Stage

ACTS = OTHERS | PAPERWORK | AUTHORITY | CLASSWORK | EXERCISES | MARKING | PEOPLE | EMERGENCY | RECORDS | RULINGS | SITTINGS | EXAM_ROOM


@pytest.fixture(scope="module", autouse=True)
def _quiet_renderers() -> Iterator[None]:
    yield
    renderers.close()


@pytest.fixture
def stage(app: Application, site: Site, clock: FrozenClock, tmp_path: Path) -> Stage:
    return Stage(app, site, clock, tmp_path / "program")


def trail(stage: Stage) -> Counter[str]:
    with stage.site.database.reading() as session:
        return Counter(session.scalars(select(AuditEntry.action)))


def written(app: Application) -> set[str]:
    """The endpoints that can be posted to."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def looks_around(act: Act, app: Application) -> None:
    """Open every page that needs no argument, and the one that is about to be posted to."""
    paths = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    assert len(paths) > 10
    for path in [*paths, act.path]:
        act.visitor.client.get(path)


def test_every_address_that_can_write_is_walked_or_excused(app: Application) -> None:
    assert written(app) == ACTS.keys() | EXCEPTIONS.keys()
    assert not ACTS.keys() & EXCEPTIONS.keys()
    assert all(len(reason) > 30 for reason in EXCEPTIONS.values())


@pytest.mark.parametrize("endpoint", ACTS)
def test_a_change_leaves_exactly_its_entries_and_a_look_leaves_none(stage: Stage, endpoint: str) -> None:
    scene, expected = ACTS[endpoint]
    act = scene(stage)
    before = trail(stage)
    looks_around(act, stage.app)
    assert trail(stage) == before
    with stage.app.test_request_context(act.path, method="POST") as context:
        assert context.request.endpoint == endpoint
    answer = act.does()
    assert answer.status_code < 400, answer.text
    assert sorted((trail(stage) - before).elements()) == list(expected)


def test_a_fresh_proof_leaves_its_entry(stage: Stage) -> None:
    act = proves_anew(stage)
    before = trail(stage)
    assert act.does().status_code == 303
    assert list((trail(stage) - before).elements()) == ["proved the second factor anew"]


def test_every_entry_waits_for_its_place_in_the_ledger(stage: Stage) -> None:
    scene, _ = ACTS["certificates.issue"]
    scene(stage).does()
    with stage.site.database.reading() as session:
        entries = {one.hex for one in session.scalars(select(AuditEntry.id))}
        assert set(session.scalars(select(LedgerWaiting.reference).where(LedgerWaiting.ledger == "audit"))) == entries
