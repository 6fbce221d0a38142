"""Declarations and orders are recorded by one person and counted from the word of a second; activation is all or nothing."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.agencies import agreement_queries, place_service
from lms.agencies import agreement_service as agreements
from lms.agencies.agreement_rules import State, Step
from lms.agencies.agreement_service import NotSo
from lms.agencies.models import Agreement
from lms.influx import order_queries, order_service, queries, rules, service
from lms.influx.models import Activation, DeclarationAct
from lms.influx.order_service import AlreadyOrdered, Incomplete, Later, NoSuchOrder, NotExtendable
from lms.influx.period import Boundaries, Kind
from lms.influx.rules import Ground, Told
from lms.influx.service import AlreadyDeclared, Change, NoSuchDeclaration, NotActivated, NotDeclarable, NotYoursToConfirm
from lms.kernel.errors import Forbidden
from lms.kernel.ids import new_id
from lms.notices.models import Notice, NoticeWaiting
from lms.notices.rules import Kind as NoticeKind
from tests.agencies import program as paperwork
from tests.influx import world
from tests.influx.world import BEGINS, DAY, ENDS, NOON, TOLD, Influx
from tests.support.cast import cast_of

NOBODYS = uuid.UUID(int=9)


@pytest.fixture
def made(session: Session) -> Influx:
    return world.furnish(session, cast_of(session, now=NOON))


def found(session: Session, declaration_id: uuid.UUID) -> queries.DeclarationDetail:
    session.flush()
    detail = queries.declaration(session, declaration_id)
    assert detail is not None
    return detail


def test_a_declaration_counts_only_from_the_second_persons_word(session: Session, made: Influx) -> None:
    one = world.declared(session, made, confirmed=False)
    assert found(session, one).word(NOON) == "waits for confirmation"
    act = found(session, one).acts[0].id
    with pytest.raises(NotYoursToConfirm):
        service.confirm(session, actor=made.first.identity, declaration_id=one, act_id=act, now=NOON)
    with pytest.raises(NoSuchDeclaration):
        service.confirm(session, actor=made.second.identity, declaration_id=one, act_id=NOBODYS, now=NOON)
    world.confirms(session, made, one)
    assert found(session, one).word(NOON) == "in force"
    assert found(session, one).ends_at(NOON) == ENDS
    with pytest.raises(NotYoursToConfirm):
        service.confirm(session, actor=made.second.identity, declaration_id=one, act_id=act, now=NOON)
    assert paperwork.entries(session, one) == ["confirmed an act of a declaration: declared", "recorded a declaration"]


def test_a_form_sent_twice_declares_once_and_half_a_declaration_is_refused(session: Session, made: Influx) -> None:
    form, actor = new_id(), made.first.identity
    service.declare(session, actor=actor, draft=world.draft(), form_id=form, now=NOON)
    session.flush()
    with pytest.raises(AlreadyDeclared):
        service.declare(session, actor=actor, draft=world.draft(), form_id=form, now=NOON)
    for wrong in ({"title": " "}, {"grounds": ()}, {"time_zone": "Mars"}, {"change": Change(Kind.DECLARED, BEGINS, None, world.SOUTH)}):
        with pytest.raises(NotDeclarable):
            service.declare(session, actor=actor, draft=world.draft(**wrong), form_id=new_id(), now=NOON)


def test_a_late_extension_leaves_its_gap(session: Session, made: Influx) -> None:
    one = world.declared(session, made)
    late = ENDS + 5 * DAY
    world.changes(session, made, one, Change(Kind.EXTENDED, ENDS, ENDS + 60 * DAY), at=late)
    detail = found(session, one)
    assert [(gap.starts_at, gap.ends_at) for gap in detail.gaps(late)] == [(ENDS, late)]
    assert detail.word(ENDS + DAY) == "ended"
    assert not detail.declared.is_in_force(ENDS + DAY, known=late)
    assert detail.word(late) == "in force"


def test_an_ended_declaration_is_not_extended(session: Session, made: Influx) -> None:
    one = world.declared(session, made)
    world.changes(session, made, one, Change(Kind.TERMINATED), at=NOON + DAY)
    assert found(session, one).word(NOON + DAY) == "ended"
    assert found(session, one).is_ended
    with pytest.raises(NotDeclarable, match="of its own"):
        world.changes(session, made, one, Change(Kind.EXTENDED, ENDS, ENDS + DAY), at=NOON + 2 * DAY)


def test_an_act_that_no_longer_fits_is_not_confirmed(session: Session, made: Influx) -> None:
    one = world.declared(session, made)
    world.changes(session, made, one, Change(Kind.EXTENDED, ENDS, ENDS + DAY), at=NOON, confirmed=False)
    world.changes(session, made, one, Change(Kind.TERMINATED), at=NOON)
    extension = session.scalars(select(DeclarationAct.id).where(DeclarationAct.kind == Kind.EXTENDED)).one()
    with pytest.raises(NotDeclarable):
        service.confirm(session, actor=made.second.identity, declaration_id=one, act_id=extension, now=NOON)


def test_boundaries_are_widened_from_a_moment_on(session: Session, made: Influx) -> None:
    one = world.declared(session, made)
    world.changes(session, made, one, Change(Kind.BOUNDED, boundaries=Boundaries(frozenset({"SC", "IA"}))), at=NOON + DAY)
    assert found(session, one).boundaries(NOON) == world.SOUTH
    assert found(session, one).boundaries(NOON + DAY).states == {"SC", "IA"}


def test_r28_activation_wakes_an_agreement_until_the_declaration_ends(session: Session, made: Influx) -> None:
    """R-28: the move of the agreement and the activation are one act, and its end needs no other."""
    one = world.declared(session, made)
    world.activated(session, made, one)
    agreement = agreement_queries.agreement(session, identity=made.cast.program_officer.identity, agreement_id=made.agreement_id)
    assert agreement is not None
    assert agreement.state(at=NOON, on_record=NOON) is State.ACTIVATED
    assert not agreement.gives_authority(NOON)
    basis = basis_of(session, made.agreement_id)
    assert rules.limits(basis, at=NOON, known=NOON) == []
    world.changes(session, made, one, Change(Kind.TERMINATED), at=NOON + DAY)
    basis = basis_of(session, made.agreement_id)
    assert rules.limits(basis, at=NOON + DAY, known=NOON + DAY)
    assert rules.limits(basis, at=NOON, known=NOON + DAY) == []
    assert [row.agency for row in queries.activations(session, one)] == ["Palmetto County Sheriff's Office"]
    assert queries.activation_count(session, one) == 1
    assert told_of_activation(session) == {
        (made.cast.coordinator.email, f"/agreements/{made.agreement_id}", "Agreement activated: Fictional influx"),
        (made.cast.officer.email, "/", "Agreement activated: Fictional influx"),
    }


def basis_of(session: Session, agreement_id: uuid.UUID) -> rules.Basis103:
    """What authority under an agreement rests on; the condition for lists says the same of it."""
    found = queries.bases_of(session, [session.get_one(Agreement, agreement_id)])[agreement_id]
    for at in (NOON, NOON + DAY):
        awake = session.scalars(select(Agreement.id).where(Agreement.id == agreement_id, queries.is_awake(at))).all()
        assert bool(awake) is not bool(rules.limits(found, at=at, known=at))
    return found


def told_of_activation(session: Session) -> set[tuple[str, str, str]]:
    asked = select(Notice.email, NoticeWaiting.path, Notice.subject).join(NoticeWaiting, NoticeWaiting.notice_id == Notice.id)
    return {(row[0], row[1], row[2]) for row in session.execute(asked.where(Notice.kind == NoticeKind.DECLARATION_ACTIVATED))}


def test_activation_is_all_or_nothing_and_tells_each_agency_why(session: Session, made: Influx) -> None:
    cast = made.cast
    wso = paperwork.operational(session, cast, "wso-2025")
    unsigned = world.contingency(session, cast, agency=cast.palmetto, complete=False)
    outside = world.contingency(session, cast, agency=cast.cedar_falls)
    one = world.declared(session, made)
    with pytest.raises(NotActivated) as refused:
        service.activate(
            session,
            actor=made.first.identity,
            declaration_id=one,
            agreement_ids=[made.agreement_id, outside, unsigned],
            told=TOLD,
            now=NOON,
        )
    assert "outside the boundaries" in str(refused.value.refusals)
    assert "Terms of 28 CFR 65.84(a)(3) not found" in str(refused.value)
    with pytest.raises(NotActivated, match="R-26"):
        service.activate(session, actor=made.first.identity, declaration_id=one, agreement_ids=[wso], told=TOLD, now=NOON)
    assert session.scalar(select(func.count()).select_from(Activation)) == 0
    for told, chosen in ((Told(NOON, "", "x"), [made.agreement_id]), (TOLD, []), (TOLD, [NOBODYS])):
        with pytest.raises(NotDeclarable):
            service.activate(session, actor=made.first.identity, declaration_id=one, agreement_ids=chosen, told=told, now=NOON)
    world.activated(session, made, one)
    with pytest.raises(NotActivated, match="already"):
        world.activated(session, made, one)


def test_an_agreement_is_activated_by_no_other_way(session: Session, made: Influx) -> None:
    step = Step(State.ACTIVATED, NOON, "By hand")
    with pytest.raises(NotSo, match="declaration"):
        agreements.move_agreement(session, actor=made.cast.program_officer.identity, agreement_id=made.agreement_id, step=step, now=NOON)


def test_only_a_mass_influx_opens_activation(session: Session, made: Influx) -> None:
    one = world.declared(session, made, grounds=(Ground.ENDANGERED,))
    with pytest.raises(NotActivated, match="does not name a mass influx"):
        world.activated(session, made, one)


def test_a_drill_moves_no_agreement(session: Session, made: Influx) -> None:
    one = world.declared(session, made, drill=True)
    world.activated(session, made, one)
    agreement = agreement_queries.agreement(session, identity=made.cast.program_officer.identity, agreement_id=made.agreement_id)
    assert agreement is not None
    assert agreement.state(at=NOON, on_record=NOON) is State.SIGNED
    assert rules.limits(basis_of(session, made.agreement_id), at=NOON, known=NOON)
    subjects = {subject for _, _, subject in told_of_activation(session)}
    assert subjects == {"Agreement activated: Fictional influx (a drill: it gives no authority)"}
    assert "A drill is running" in queries.standing_notices(session, made.first.identity, now=NOON)[0]
    assert queries.standing_notices(session, made.cast.officer.identity, now=NOON) == []


def test_an_agency_is_inside_by_the_counties_that_it_serves(session: Session, made: Influx) -> None:
    beaufort = Boundaries(frozenset(), frozenset({"45013"}))
    one = world.declared(session, made, change=Change(Kind.DECLARED, BEGINS, ENDS, beaufort))
    place_service.keep_counties(session, actor=made.first.identity, agency_id=made.cast.palmetto, fips={"45019"}, now=NOON)
    session.flush()
    with pytest.raises(NotActivated, match="outside"):
        world.activated(session, made, one)
    place_service.keep_counties(session, actor=made.first.identity, agency_id=made.cast.palmetto, fips={"45013"}, now=NOON)
    session.flush()
    world.activated(session, made, one)


def test_r26_an_agreement_of_287g_has_no_limits_of_the_influx(session: Session, made: Influx) -> None:
    """R-26: they never mix; an agreement for the influx without contingency stands on the declarations."""
    wso = paperwork.operational(session, made.cast, "wso-2025")
    assert queries.bases_of(session, [session.get_one(Agreement, wso)]) == {}
    plain = paperwork.agreement(session, made.cast, "influx-2003")
    assert rules.limits(basis_of(session, plain), at=NOON, known=NOON)
    world.declared(session, made)
    assert rules.limits(basis_of(session, plain), at=NOON, known=NOON) == []


# --- Orders -------------------------------------------------------------------------------------------------------------


def test_r23_an_order_is_recorded_with_everything_and_confirmed_by_another(session: Session, made: Influx) -> None:
    """R-23."""
    one = world.declared(session, made)
    world.activated(session, made, one)
    form, actor = new_id(), made.first.identity
    order_id = order_service.order(session, actor=actor, declaration_id=one, draft=world.order_draft(made), form_id=form, now=NOON)
    session.flush()
    with pytest.raises(AlreadyOrdered):
        order_service.order(session, actor=actor, declaration_id=one, draft=world.order_draft(made), form_id=form, now=NOON)
    with pytest.raises(NotYoursToConfirm):
        order_service.confirm(session, actor=actor, order_id=order_id, now=NOON)
    with pytest.raises(NotExtendable, match="second person"):
        order_service.extend(session, actor=actor, order_id=order_id, later=Later(ENDS, "x", "y", "z"), now=NOON)
    order_service.confirm(session, actor=made.second.identity, order_id=order_id, now=NOON)
    session.flush()
    detail = order_queries.order(session, order_id)
    assert detail is not None
    assert detail.is_in_force(NOON)
    assert detail.word(ENDS) == "ended"
    assert [row.consent_by for row in order_queries.covered(session, order_id)] == ["Sheriff Ana Ortiz"]


def test_r23_an_order_that_lacks_anything_is_refused_whole(session: Session, made: Influx) -> None:
    """R-23, R-26, R-28: a dormant agreement, one of 287(g), or somebody else's officer."""
    one = world.declared(session, made)
    sent: dict[str, Any] = {"actor": made.first.identity, "declaration_id": one, "now": NOON}
    with pytest.raises(Incomplete, match="not activated"):
        order_service.order(session, draft=world.order_draft(made), form_id=new_id(), **sent)
    world.activated(session, made, one)
    wso = paperwork.operational(session, made.cast, "wso-2025")
    consent = world.order_draft(made).agreements[made.agreement_id]
    of_287g = world.order_draft(made, agreements={wso: consent}, officers={made.cast.officer.officer: wso})
    with pytest.raises(Incomplete, match="R-26"):
        order_service.order(session, draft=of_287g, form_id=new_id(), **sent)
    stranger = world.order_draft(made, officers={made.cast.outsider.officer: made.agreement_id})
    with pytest.raises(NoSuchOrder):
        order_service.order(session, draft=stranger, form_id=new_id(), **sent)
    with pytest.raises(NoSuchDeclaration):
        order_service.order(session, draft=world.order_draft(made), form_id=new_id(), **(sent | {"declaration_id": NOBODYS}))


def test_r24_an_order_is_extended_by_itself_and_never_past_the_declaration(session: Session, made: Influx) -> None:
    """R-24."""
    one = world.declared(session, made)
    world.activated(session, made, one)
    order_id = world.ordered(session, made, one)
    later = Later(ENDS + 10 * DAY, "Dana Fictional", "Office of the Demonstration", "Arrivals go on")
    actor = made.first.identity
    with pytest.raises(NotExtendable, match="R-24"):
        order_service.extend(session, actor=actor, order_id=order_id, later=later, now=NOON)
    world.changes(session, made, one, Change(Kind.EXTENDED, ENDS, ENDS + 60 * DAY), at=NOON + DAY)
    detail = order_queries.order(session, order_id)
    assert detail is not None
    assert not detail.is_in_force(ENDS + DAY)
    with pytest.raises(NotExtendable):
        order_service.extend(session, actor=actor, order_id=order_id, later=replace(later, reason=" "), now=NOON + DAY)
    with pytest.raises(NotExtendable):
        order_service.extend(session, actor=actor, order_id=order_id, later=replace(later, ends_at=NOON), now=NOON + DAY)
    extension = order_service.extend(session, actor=actor, order_id=order_id, later=later, now=NOON + DAY)
    session.flush()
    with pytest.raises(NotYoursToConfirm):
        order_service.confirm_extension(session, actor=actor, order_id=order_id, extension_id=extension, now=NOON + DAY)
    with pytest.raises(NoSuchOrder):
        order_service.confirm_extension(session, actor=actor, order_id=order_id, extension_id=NOBODYS, now=NOON + DAY)
    order_service.confirm_extension(session, actor=made.second.identity, order_id=order_id, extension_id=extension, now=NOON + DAY)
    session.flush()
    detail = order_queries.order(session, order_id)
    assert detail is not None
    assert detail.is_in_force(ENDS + DAY)
    assert not detail.is_in_force(ENDS + 10 * DAY)


def test_r27_only_a_covered_officer_acknowledges_and_only_while_the_order_holds(session: Session, made: Influx) -> None:
    """R-27."""
    one = world.declared(session, made)
    world.activated(session, made, one)
    order_id = world.ordered(session, made, one)
    officer = made.cast.officer.identity
    with pytest.raises(NoSuchOrder):
        order_service.acknowledge(session, actor=made.cast.outsider.identity, order_id=order_id, now=NOON)
    with pytest.raises(Forbidden, match="ended"):
        order_service.acknowledge(session, actor=officer, order_id=order_id, now=ENDS)
    for _ in range(2):
        order_service.acknowledge(session, actor=officer, order_id=order_id, now=NOON)
        session.flush()
    (own,) = order_queries.own_orders(session, actor=officer)
    assert own.acknowledged_at == NOON
    assert order_queries.own_orders(session, actor=made.first.identity) == []
    assert paperwork.entries(session, order_id).count("acknowledged policies and standards under an order") == 1
