"""The whole path: activation, an order, time-boxed certificates, the end, what stays owed, and the full certificate in the end."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.accounts.rules import SYSTEM
from lms.activations import queries
from lms.activations.queries import DebtRow
from lms.agencies import nomination_service as nominations
from lms.agencies.nomination_rules import Outcome
from lms.certificates import prerequisites, service
from lms.certificates import queries as certificates
from lms.certificates.models import CertificateOrder
from lms.certificates.numbers import CertificateClass
from lms.certificates.queries import CertificateRow
from lms.certificates.reserving import NotReady
from lms.certificates.rules import RevocationReason, Status
from lms.enrollments import service as classes
from lms.enrollments import tracks
from lms.enrollments.enrolling import service as enrolling
from lms.enrollments.enrolling.rules import AskedBy
from lms.enrollments.models import Completion, Enrollment, Offering
from lms.enrollments.tracks import NoPlace, NotCovered, NotNominated, WrongClass
from lms.influx import order_queries, order_service
from lms.influx import queries as influx
from lms.influx.order_queries import OrderDetail
from lms.influx.period import Kind
from lms.influx.service import Change
from tests.certificates.program import TERMS, Program, passes
from tests.influx import world
from tests.influx.world import DAY, ENDS, NOON, Influx
from tests.support.cast import cast_of, person
from tests.support.factories import a_nomination, a_plan


@pytest.fixture
def made(session: Session) -> Influx:
    return world.furnish(session, cast_of(session, now=NOON))


def order_of(session: Session, order_id: uuid.UUID) -> OrderDetail:
    session.flush()
    found = order_queries.order(session, order_id)
    assert found is not None
    return found


def ordered(session: Session, made: Influx, words: str = "kkkww", *, drill: bool = False) -> tuple[uuid.UUID, OrderDetail]:
    """A declaration in force with an activated agreement and an order; its officer has acknowledged the policies."""
    declaration_id = world.declared(session, made, drill=drill)
    world.activated(session, made, declaration_id)
    order_id = world.ordered(session, made, declaration_id, words)
    order_service.acknowledge(session, actor=made.cast.officer.identity, order_id=order_id, now=NOON)
    return declaration_id, order_of(session, order_id)


def on_track(session: Session, made: Influx, order: OrderDetail, offering_id: uuid.UUID) -> uuid.UUID:
    """The officer's enrollment on the order's track."""
    chosen = [made.cast.officer.officer]
    assert tracks.put_on_track(session, actor=made.first.identity, order=order, offering_id=offering_id, officer_ids=chosen, now=NOON) == 1
    session.flush()
    return session.scalars(select(Enrollment.id).where(Enrollment.offering_id == offering_id)).one()


def passes_exam(session: Session, made: Influx, enrollment_id: uuid.UUID, exam: str) -> None:
    passes(session, Program(made.cast, made.short, made.bank_hash, made.lessons), enrollment_id, now=NOON, exam=exam)


def issued(session: Session, made: Influx, enrollment_id: uuid.UUID, *, now: object = NOON) -> CertificateRow:
    actor = made.cast.certifier.identity
    (number,) = service.issue(session, actor=actor, enrollment_ids=[enrollment_id], terms=TERMS, now=now)  # type: ignore[arg-type] # a moment
    session.flush()
    found = certificates.by_number(session, number)
    assert found is not None
    return found


def again(session: Session, paper: CertificateRow) -> CertificateRow:
    session.flush()
    found = certificates.by_number(session, paper.number)
    assert found is not None
    return found


def debt(session: Session, declaration_id: uuid.UUID, *, now: object = NOON) -> DebtRow:
    session.flush()
    declaration = influx.declaration(session, declaration_id)
    assert declaration is not None
    (row,) = queries.debts(session, orders=order_queries.orders_of(session, declaration), now=now)  # type: ignore[arg-type] # a moment
    return row


def test_the_call_up_tells_who_is_certified_who_needs_what_and_what_can_be_activated(session: Session, made: Influx) -> None:
    declaration = influx.declaration(session, world.declared(session, made))
    assert declaration is not None
    called = queries.call_up(session, declaration=declaration, now=NOON)
    (row,) = called.rows
    assert called.can_be == (made.agreement_id,)
    assert [(one.name, one.readiness.progress) for one in row.officers] == [("Dana Rivera", "not begun")]
    enrollment = Enrollment(
        id=uuid.uuid4(),
        offering_id=made.whole,
        officer_id=made.cast.officer.officer,
        agency_id=made.cast.palmetto,
        enrolled_at=NOON,
    )
    session.add(enrollment)
    session.flush()
    world.completes(session, made, enrollment.id, 1, 2)
    (row,) = queries.call_up(session, declaration=declaration, now=NOON).rows
    assert row.officers[0].readiness.missing == ("Module 3", "Module 4", "Module 5")
    assert row.count("partly trained") == 1
    world.completes(session, made, enrollment.id, 3, 4, 5)
    passes_exam(session, made, enrollment.id, "response-final")
    issued(session, made, enrollment.id)
    (row,) = queries.call_up(session, declaration=declaration, now=NOON).rows
    assert (row.count("certified"), row.officers[0].readiness.missing) == (1, ())


def test_r24_abbreviated_training_gives_a_certificate_of_its_own_class_that_ends_with_the_order(session: Session, made: Influx) -> None:
    """R-24, R-27: never a full one; lists what was taken and waived; needs the acknowledgment."""
    declaration_id, order = ordered(session, made)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    with pytest.raises(NotReady, match="has not been passed"):
        issued(session, made, enrollment)
    passes_exam(session, made, enrollment, "response-short-final")
    (candidate,) = prerequisites.ready(session, demo=True, now=NOON)
    assert candidate.certificate_class is CertificateClass.ABBREVIATED
    paper = issued(session, made, enrollment)
    assert paper.number[0] == "A"
    assert paper.life.expires_at == ENDS
    assert paper.facts["minutes"] == 90
    assert paper.facts["good_until"] == "2026-12-22"
    told = " ".join(paper.facts["notes"])
    assert "Taken in full: Module 1; Module 2; Module 3. Waived: Module 4; Module 5." in told
    assert "Fictional influx, 2026-11-20 to 2026-12-22, within: South Carolina" in told
    assert paper.facts["acknowledgments"]
    assert prerequisites.ready(session, demo=True, now=NOON) == []
    assert prerequisites.waiting_count(session, besides=[], now=NOON) == 0
    with pytest.raises(NotReady, match="has not ended"):
        issued(session, made, enrollment)
    assert (paper.status(NOON), paper.status(ENDS)) == (Status.VALID, Status.EXPIRED)
    row = debt(session, declaration_id)
    assert (row.standing, [one.title for one in row.owed], row.class_title) == (
        "abbreviated training",
        ["Module 4", "Module 5"],
        "Short class",
    )
    assert row.subjects_missing == ("sensitivity and cultural awareness",)
    assert session.scalars(select(CertificateOrder.order_id)).one() == order.id


def test_r24_an_early_end_of_the_declaration_ends_its_certificates_from_that_moment(session: Session, made: Influx) -> None:
    """R-24, R-25: expired, not certified, and everything waived is owed."""
    declaration_id, order = ordered(session, made)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    passes_exam(session, made, enrollment, "response-short-final")
    paper = issued(session, made, enrollment)
    world.changes(session, made, declaration_id, Change(Kind.TERMINATED), at=NOON + DAY)
    ended = again(session, paper)
    assert ended.status(NOON + DAY - timedelta(milliseconds=1)) is Status.VALID
    assert ended.status(NOON + DAY) is Status.EXPIRED
    row = debt(session, declaration_id, now=NOON + DAY)
    assert row.standing == "not certified"
    assert row.minutes_owed == 60
    with pytest.raises(NotReady, match="No order"):
        issued(session, made, enrollment, now=NOON + 2 * DAY)


def test_r25_whoever_makes_up_the_rest_is_given_the_full_certificate_and_owes_nothing(session: Session, made: Influx) -> None:
    """R-25: credit is carried into the class of the whole course."""
    declaration_id, order = ordered(session, made)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    chosen = {"actor": made.first.identity, "order": order, "officer_ids": [made.cast.officer.officer], "now": NOON}
    for _ in range(2):
        assert tracks.take_up_whole(session, offering_id=made.whole, **chosen) == 1  # type: ignore[arg-type] # facts by name
        session.flush()
    with pytest.raises(WrongClass):
        tracks.take_up_whole(session, offering_id=made.short, **chosen)  # type: ignore[arg-type] # as above
    with pytest.raises(NotCovered):
        tracks.take_up_whole(session, offering_id=made.whole, **(chosen | {"officer_ids": []}))  # type: ignore[arg-type] # as above
    whole = session.scalars(select(Enrollment.id).where(Enrollment.offering_id == made.whole)).one()
    assert len(session.scalars(select(Completion).where(Completion.enrollment_id == whole)).all()) == 3
    world.completes(session, made, whole, 4, 5)
    row = debt(session, declaration_id)
    assert (row.owes, row.minutes_owed) == ("The final exam of the whole course", 0)
    passes_exam(session, made, whole, "response-final")
    paper = issued(session, made, whole)
    assert paper.certificate_class is CertificateClass.FULL
    assert paper.order_id is None
    row = debt(session, declaration_id)
    assert (row.is_settled, row.owes, row.standing) == (True, "Nothing", "certified")
    (own,) = queries.own_debts(session, actor=made.cast.officer.identity, now=NOON)
    assert own.is_settled


def test_r27_waiving_everything_still_needs_the_acknowledgment_and_certifies_no_training(session: Session, made: Influx) -> None:
    """R-27, R-24."""
    declaration_id = world.declared(session, made)
    world.activated(session, made, declaration_id)
    order = order_of(session, world.ordered(session, made, declaration_id, "wwwww"))
    enrollment = on_track(session, made, order, made.whole)
    with pytest.raises(NotReady, match="acknowledges them"):
        issued(session, made, enrollment)
    order_service.acknowledge(session, actor=made.cast.officer.identity, order_id=order.id, now=NOON)
    session.flush()
    (candidate,) = prerequisites.ready(session, demo=True, now=NOON)
    paper = issued(session, made, candidate.enrollment_id)
    assert paper.certificate_class is CertificateClass.WAIVED
    assert (paper.facts["minutes"], paper.facts["subjects"]) == (0, [])
    assert debt(session, declaration_id).standing == "training waived"
    world.completes(session, made, enrollment, 1, 2, 3, 4, 5)
    passes_exam(session, made, enrollment, "response-final")
    full = issued(session, made, enrollment)
    assert full.certificate_class is CertificateClass.FULL


def test_officers_under_an_order_come_into_a_class_by_an_approved_nomination(session: Session, made: Influx) -> None:
    """R-14, R-28: an order shortens training; it opens no other way into it."""
    declaration_id = world.declared(session, made)
    world.activated(session, made, declaration_id)
    recruit = person(session, name="Remy Vance", role=Role.OFFICER, agency_id=made.cast.palmetto, now=NOON)
    both = {one.officer: made.agreement_id for one in (made.cast.officer, recruit)}
    order = order_of(session, world.ordered(session, made, declaration_id, officers=both))
    chosen: dict[str, Any] = {"actor": made.first.identity, "order": order, "officer_ids": list(both), "now": NOON}
    for put, offering_id in ((tracks.put_on_track, made.short), (tracks.take_up_whole, made.whole)):
        with pytest.raises(NotNominated, match="missing for: Remy Vance"):
            put(session, offering_id=offering_id, **chosen)
    undecided = a_nomination(session, person=recruit, now=NOON, agreement_id=made.agreement_id, decided=False)
    with pytest.raises(NotNominated):
        tracks.put_on_track(session, offering_id=made.short, **chosen)
    assert session.scalars(select(Enrollment)).all() == []
    nominations.decide(session, actor=SYSTEM, nomination_id=undecided, outcome=Outcome.APPROVED, reason="Fit", now=NOON)
    assert tracks.put_on_track(session, offering_id=made.short, **chosen) == 2
    session.flush()
    assert tracks.put_on_track(session, offering_id=made.short, **chosen) == 0
    assert undecided in set(session.scalars(select(Enrollment.nomination_id)))


def test_officers_under_an_order_never_wait_for_a_place(session: Session, made: Influx) -> None:
    _, order = ordered(session, made)
    plan = a_plan(title="Short class", capacity=1, ends_on=date(2027, 3, 31))
    course_hash = session.scalars(select(Offering.course_hash).where(Offering.id == made.short)).one()
    full = classes.open_offering(session, actor=SYSTEM, course_hash=course_hash, plan=plan, now=NOON)
    other = person(session, name="Remy Vance", role=Role.OFFICER, agency_id=made.cast.palmetto, now=NOON)
    taken = a_nomination(session, person=other, now=NOON, agreement_id=made.agreement_id)
    enrolling.enroll(session, actor=SYSTEM, offering_id=full, nomination_ids=[taken], now=NOON)
    chosen: dict[str, Any] = {"order": order, "offering_id": full, "officer_ids": [made.cast.officer.officer], "now": NOON}
    with pytest.raises(NoPlace, match="no place for 1 of"):
        tracks.put_on_track(session, actor=made.first.identity, **chosen)


def test_r24_whoever_withdrew_from_the_class_is_given_nothing_by_the_order(session: Session, made: Influx) -> None:
    """R-24."""
    _, order = ordered(session, made)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    passes_exam(session, made, enrollment, "response-short-final")
    asked_by = AskedBy.OFFICER
    enrolling.withdraw(session, actor=SYSTEM, enrollment_id=enrollment, asked_by=asked_by, reason="Recalled", now=NOON)
    with pytest.raises(NotReady, match="withdrew"):
        issued(session, made, enrollment)


def test_a_class_of_the_short_form_gives_nothing_without_an_order(session: Session, made: Influx) -> None:
    """R-24."""
    _, order = ordered(session, made)
    stranger = made.cast.outsider.officer
    with pytest.raises(NotCovered):
        tracks.put_on_track(session, actor=made.first.identity, order=order, offering_id=made.short, officer_ids=[stranger], now=NOON)
    with pytest.raises(NotCovered):
        tracks.put_on_track(session, actor=made.first.identity, order=order, offering_id=made.short, officer_ids=[stranger], now=ENDS)
    chosen = [made.cast.officer.officer]
    with pytest.raises(WrongClass):
        tracks.put_on_track(session, actor=made.first.identity, order=order, offering_id=made.whole, officer_ids=chosen, now=NOON)
    enrollment = Enrollment(id=uuid.uuid4(), offering_id=made.short, officer_id=stranger, agency_id=made.cast.cedar_falls, enrolled_at=NOON)
    session.add(enrollment)
    session.flush()
    world.completes(session, made, enrollment.id, 1, 2, 3, 4)
    passes_exam(session, made, enrollment.id, "response-short-final")
    with pytest.raises(NotReady, match="never gives a full certificate"):
        issued(session, made, enrollment.id)


def test_a_drill_runs_the_whole_path_and_leaves_nothing_alive(session: Session, made: Influx) -> None:
    declaration_id, order = ordered(session, made, drill=True)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    passes_exam(session, made, enrollment, "response-short-final")
    paper = issued(session, made, enrollment)
    assert paper.number[0] == "D"
    assert [paper.status(at) for at in (NOON, NOON + DAY, ENDS + DAY)] == [Status.DRILL] * 3
    assert debt(session, declaration_id).standing == "drill only"
    world.changes(session, made, declaration_id, Change(Kind.TERMINATED), at=NOON + DAY)
    assert again(session, paper).status(NOON + DAY) is Status.DRILL
    assert debt(session, declaration_id, now=NOON + DAY).standing == "not certified"


def test_after_an_extension_of_both_a_new_certificate_is_issued_and_revoking_stays_final(session: Session, made: Influx) -> None:
    """R-24: what was printed is not prolonged."""
    declaration_id, order = ordered(session, made)
    enrollment = on_track(session, made, order, made.short)
    world.completes(session, made, enrollment, 1, 2, 3)
    passes_exam(session, made, enrollment, "response-short-final")
    first = issued(session, made, enrollment)
    corrected = service.correct(
        session, actor=made.cast.certifier.identity, number=first.number, name="Dana M. Rivera", reason="Initial", terms=TERMS, now=NOON
    )
    session.flush()
    assert corrected[0] == "A"
    world.changes(session, made, declaration_id, Change(Kind.EXTENDED, ENDS, ENDS + 60 * DAY), at=NOON + DAY)
    later = order_service.Later(ENDS + 40 * DAY, "Dana Fictional", "Office of the Demonstration", "Arrivals go on")
    extension = order_service.extend(session, actor=made.first.identity, order_id=order.id, later=later, now=NOON + DAY)
    session.flush()
    order_service.confirm_extension(session, actor=made.second.identity, order_id=order.id, extension_id=extension, now=NOON + DAY)
    session.flush()
    assert again(session, first).status(ENDS) is Status.SUPERSEDED
    second = issued(session, made, enrollment, now=ENDS + DAY)
    assert second.life.expires_at == ENDS + 40 * DAY
    actor = made.cast.certifier.identity
    service.revoke(session, actor=actor, number=second.number, reason=RevocationReason.ERROR, note="Wrong", now=ENDS + DAY)
    session.flush()
    with pytest.raises(NotReady, match="final"):
        issued(session, made, enrollment, now=ENDS + 2 * DAY)
