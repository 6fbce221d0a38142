"""Authorizing, moving, notices, receipts and refreshers as rows that stay, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.agencies import agreement_rules
from lms.agencies import agreement_service as agreements
from lms.agencies.agreement_rules import State
from lms.agencies.clocks import months_later
from lms.agencies.service import join
from lms.authorizations import authorizing, listing, queries, refreshing, service
from lms.authorizations.authorizing import AlreadyRecorded, NoSuchTraining, NotReady, NotSo, OwnAuthorization
from lms.authorizations.listing import CONDITIONS, Shown
from lms.authorizations.notice_rules import Clock
from lms.authorizations.queries import AuthorizationRow
from lms.authorizations.refresher_rules import Demand, RefresherKind
from lms.authorizations.refreshing import Outcome
from lms.authorizations.rules import MoveKind, Reason, Step, Word
from lms.certificates import service as certificates
from lms.certificates.rules import RevocationReason
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from tests.agencies.program import agreement, entries, moved
from tests.authorizations.authority import Office, draft, nominated, office
from tests.certificates.program import TERMS, another_officer
from tests.support.cast import Person

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def there(session: Session, clock: FrozenClock) -> Office:
    return office(session, now=clock.now())


def row(session: Session, authorization_id: Any) -> AuthorizationRow:
    session.expire_all()
    found = queries.by_id(session, authorization_id)
    assert found is not None
    return found


# --- Authorizing ----------------------------------------------------------------------------------------------------


def test_an_officer_is_authorized_when_every_condition_is_met(session: Session, there: Office, clock: FrozenClock) -> None:
    made = there.authorized(session, now=clock.now())
    found = row(session, made)
    assert (found.officer, found.model, found.place_names, found.standing_now(clock.now()).word) == (
        "Dana Rivera",
        "WSO",
        ["South Carolina"],
        Word.ACTIVE,
    )
    assert found.authority.ends_at is None
    assert len(found.function_texts) == 2
    assert entries(session, made) == ["authorized an officer"]
    (owed,) = refreshing.requirements(session, authorization_ids=[made])
    assert owed.kind is RefresherKind.REVIEW


def without_list(session: Session, there: Office, clock: FrozenClock) -> str:
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    nominated(session, there.made, there.made.cast.officer, "wso-2025", now=clock.now())
    return number


def without_screening(session: Session, there: Office, clock: FrozenClock) -> str:
    number = there.certificate(session, there.made.cast.officer, now=clock.now())
    there.lists(session, number, now=clock.now())
    return number


def revoked(session: Session, there: Office, clock: FrozenClock) -> str:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    actor, reason = there.made.certifier.identity, RevocationReason.RECORD
    certificates.revoke(session, actor=actor, number=number, reason=reason, note="Wrong", now=clock.now())
    session.flush()
    return number


def under_a_suspended_agreement(session: Session, there: Office, clock: FrozenClock) -> str:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    there.ends_agreement(session, State.SUSPENDED, now=clock.now())
    return number


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        (without_list, "No certification list names the officer"),
        (without_screening, "No result is on record"),
        (revoked, "No certificate of this training is valid"),
        (under_a_suspended_agreement, "The agreement is suspended"),
    ],
)
def test_each_condition_that_is_not_met_refuses_it(
    session: Session, there: Office, clock: FrozenClock, scene: Callable[[Session, Office, FrozenClock], str], said: str
) -> None:
    """R-13, R-15, R-18."""
    number = scene(session, there, clock)
    with pytest.raises(NotReady, match=said):
        there.authorizes(session, number, now=clock.now())


def test_one_letter_at_a_time_and_again_after_its_end(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    first = there.authorizes(session, number, now=clock.now())
    with pytest.raises(NotReady, match="has not ended"):
        there.authorizes(session, number, now=clock.now())
    there.moves(session, first, MoveKind.REVOCATION, now=clock.now())
    clock.advance(HOUR)
    assert there.authorizes(session, number, now=clock.now()) != first


def test_an_officer_who_went_to_another_agency_is_not_authorized_in_the_first(session: Session, there: Office, clock: FrozenClock) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    join(session, officer_id=there.made.cast.officer.officer, agency_id=there.made.cast.cedar_falls, now=clock.now() + HOUR)
    session.flush()
    with pytest.raises(NoSuchTraining):
        there.authorizes(session, number, now=clock.now() + 2 * HOUR)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"functions": ("arrest-felony",)}, "R-16"),
        ({"functions": ()}, "at least one function"),
        ({"places": ("13",)}, "own State"),
        ({"places": ()}, "whole State"),
        ({"starts_on": -100}, "at most 90 days"),
        ({"starts_on": 100}, "at most 90 days"),
        ({"ends_on": 0}, "ends after it begins"),
    ],
)
def test_a_letter_that_cannot_be_is_refused(
    session: Session, there: Office, clock: FrozenClock, changes: dict[str, Any], said: str
) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    today = clock.now().date()
    days: dict[str, Any] = {name: today + value * DAY if isinstance(value, int) else value for name, value in changes.items()}
    with pytest.raises(NotSo, match=said):
        there.authorizes(session, number, now=clock.now(), **days)


def test_two_years_are_the_most_under_the_task_force_model(session: Session, clock: FrozenClock) -> None:
    """R-17."""
    there = office(session, "tfm-2025", now=clock.now())
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    today = clock.now().date()
    with pytest.raises(NotSo, match="R-17"):
        there.authorizes(session, number, now=clock.now(), ends_on=today + 732 * DAY)
    made = there.authorizes(session, number, now=clock.now())
    found = row(session, made)
    assert found.authority.ends_at is not None
    assert found.standing(at=found.authority.ends_at, known=clock.now()).word is Word.EXPIRED  # type: ignore[union-attr] # on record
    assert listing.counts(session, now=found.authority.ends_at - 30 * DAY)[Shown.EXPIRING] == 1


def test_authority_for_a_mass_influx_is_recorded_and_lies_dormant(session: Session, clock: FrozenClock) -> None:
    """R-28."""
    now, ours = clock.now(), office(session, now=clock.now())
    cast = ours.made.cast
    under = agreement(session, cast, "influx-2003", now=now)
    places = {term: f"Section {term}" for term in agreement_rules.TERMS}
    agreements.record_terms(session, actor=cast.administrator.identity, agreement_id=under, places=places, now=now)
    session.flush()
    moved(session, cast, under, State.SIGNED, now=now)
    made = replace(ours, agreement_id=under, rule_set_id="influx-2003").authorized(session, now=now)
    found = row(session, made)
    assert found.standing_now(now).word is Word.DORMANT
    assert listing.counts(session, now=now)[Shown.DORMANT] == 1


def test_a_form_sent_twice_authorizes_once_and_nobody_oneself(session: Session, there: Office, clock: FrozenClock) -> None:
    number, form_id = there.certified(session, there.made.cast.officer, now=clock.now()), new_id()
    letter = draft(there.agreement_id, starts_on=clock.now().date())

    def authorizes(actor: Person) -> None:
        authorizing.authorize(session, actor=actor.identity, number=number, draft=letter, terms=TERMS, form_id=form_id, now=clock.now())
        session.flush()

    with pytest.raises(OwnAuthorization):
        authorizes(there.made.cast.officer)
    authorizes(there.made.cast.supervisor)
    with pytest.raises(AlreadyRecorded):
        authorizes(there.made.cast.supervisor)
    with pytest.raises(NoSuchTraining):
        authorizing.offer(session, number="F" + "0" * 17, now=clock.now())


# --- What becomes of it ---------------------------------------------------------------------------------------------


def test_the_end_of_the_agreement_ends_every_authorization_under_it_at_that_moment(
    session: Session, there: Office, clock: FrozenClock
) -> None:
    """R-18."""
    now = clock.now()
    made = [
        there.authorized(session, officer, now=now)
        for officer in (there.made.cast.officer, another_officer(session, there.made, "Kim Vance", now=now))
    ]
    then = now + 91 * DAY + HOUR
    there.ends_agreement(session, State.TERMINATING, now=now)
    there.ends_agreement(session, State.TERMINATED, now=then)
    for one in made:
        found = row(session, one)
        assert [found.standing(at=at, known=then).word for at in (then - HOUR, then)] == [Word.ACTIVE, Word.AGREEMENT_ENDED]  # type: ignore[union-attr] # on record
    assert listing.counts(session, now=then)[Shown.ENDED] == 2


def test_emptying_the_roster_of_a_jail_agreement_puts_down_the_notice(session: Session, clock: FrozenClock) -> None:
    """R-18."""
    now = clock.now()
    there = office(session, "jem-2025", now=now)
    first = there.authorized(session, now=now)
    second = there.authorized(session, another_officer(session, there.made, "Kim Vance", now=now), now=now)
    there.moves(session, first, MoveKind.REVOCATION, now=now)
    assert queries.notices_of_moves(session, authorization_id=first) == []
    there.moves(session, second, MoveKind.REVOCATION, now=now + HOUR)
    (notice,) = queries.notices_of_moves(session, authorization_id=second)
    assert "suspend or end the agreement" in notice.label


def test_a_notice_is_given_once_by_whoever_it_is_about(session: Session, clock: FrozenClock) -> None:
    """R-19."""
    now = clock.now()
    there = office(session, "tfm-2025", now=now)
    made = there.authorized(session, now=now)
    there.moves(session, made, MoveKind.REVOCATION, now=now)
    (notice,) = queries.notices_of_moves(session, authorization_id=made)
    assert (notice.due_at, notice.clock(now), notice.clock(now + 3 * DAY)) == (now + 2 * DAY, Clock.OPEN, Clock.OVERDUE)
    assert listing.open_notice_count(session) == len(listing.open_notices(session)) == 1

    def gives(**changes: Any) -> None:
        sent: dict[str, Any] = {"about": made, "notice_id": notice.id, "given_at": now, "note": "By mail"} | changes
        service.give_notice(session, actor=there.made.cast.supervisor.identity, now=now + HOUR, **sent)
        session.flush()

    for changes, refusal in (
        ({"about": new_id()}, service.NoSuchAuthorization),
        ({"given_at": now + DAY}, service.NotSo),
        ({"note": " "}, service.NotSo),
    ):
        with pytest.raises(refusal):
            gives(**changes)
    gives()
    with pytest.raises(service.DoneAlready):
        gives()
    assert queries.notices_of_moves(session, authorization_id=made)[0].clock(now + 3 * DAY) is Clock.GIVEN
    assert listing.open_notices(session) == []


def test_nobody_decides_about_the_own_authorization_and_nothing_leads_back(session: Session, there: Office, clock: FrozenClock) -> None:
    made = there.authorized(session, now=clock.now())
    step = Step(MoveKind.REVOCATION, clock.now(), Reason.ICE, "Why")
    with pytest.raises(service.OwnAuthorization):
        service.move(session, actor=there.made.cast.officer.identity, authorization_id=made, step=step, now=clock.now())
    there.moves(session, made, MoveKind.REVOCATION, now=clock.now())
    with pytest.raises(service.NotSo):
        there.moves(session, made, MoveKind.REINSTATEMENT, now=clock.now())
    assert entries(session, made) == ["authorized an officer", "moved an authorization"]


def test_property_that_is_still_out_is_listed_when_authority_ends(session: Session, there: Office, clock: FrozenClock) -> None:
    now, actor = clock.now(), there.made.cast.supervisor.identity
    made = there.authorized(session, now=now)
    handed: dict[str, Any] = {"actor": actor, "authorization_id": made, "now": now}
    receipt = service.hand_out(session, kind="Credential", serial="C-1", issued_on=now.date(), **handed)
    with pytest.raises(service.NotSo):
        service.hand_out(session, kind="Credential", serial=" ", issued_on=now.date(), **handed)
    session.flush()
    assert listing.counts(session, now=now)[Shown.PROPERTY] == 0
    there.moves(session, made, MoveKind.REVOCATION, now=now)
    assert [one.id for one in listing.authorizations(session, shown=Shown.PROPERTY, now=now)] == [made]
    with pytest.raises(service.NotSo):
        service.hand_out(session, kind="Badge", serial="B-1", issued_on=now.date(), **handed)
    with pytest.raises(service.NotSo, match="before it was handed out"):
        service.take_back(session, receipt_id=receipt, returned_on=now.date() - DAY, note="", **handed)
    service.take_back(session, receipt_id=receipt, returned_on=now.date(), note="Whole", **handed)
    session.flush()
    with pytest.raises(service.DoneAlready):
        service.take_back(session, receipt_id=receipt, returned_on=now.date(), note="", **handed)
    with pytest.raises(service.NoSuchAuthorization):
        service.take_back(session, receipt_id=new_id(), returned_on=now.date(), note="", **handed)
    assert listing.counts(session, now=now)[Shown.PROPERTY] == 0


def test_the_officer_alone_acknowledges_and_once(session: Session, there: Office, clock: FrozenClock) -> None:
    made = there.authorized(session, now=clock.now())
    for actor in (there.made.cast.outsider, there.made.cast.supervisor):
        with pytest.raises(service.NoSuchAuthorization):
            service.acknowledge(session, actor=actor.identity, authorization_id=made, now=clock.now())
    for _ in range(2):
        service.acknowledge(session, actor=there.made.cast.officer.identity, authorization_id=made, now=clock.now())
        session.flush()
    assert row(session, made).acknowledged_at == clock.now()
    assert entries(session, made) == ["acknowledged an authorization", "authorized an officer"]


# --- Refreshers -----------------------------------------------------------------------------------------------------


def test_a_refresher_too_soon_is_refused_and_a_settled_one_puts_down_the_next(session: Session, clock: FrozenClock) -> None:
    """R-20."""
    now = clock.now()
    there = office(session, "jem-2025", now=now)
    made, actor, today = there.authorized(session, now=now), there.made.cast.supervisor.identity, now.date()

    def demands(kind: RefresherKind, days: int) -> Any:
        wanted = Demand(kind, "Detainers", today + days * DAY)
        found = refreshing.demand(session, actor=actor, authorization_id=made, wanted=wanted, now=now)
        session.flush()
        return found

    assert refreshing.requirements(session, authorization_ids=[made]) == []
    with pytest.raises(refreshing.NotYet, match="R-20"):
        demands(RefresherKind.REFRESHER, 700)
    demands(RefresherKind.AD_HOC, 30)
    wanted = demands(RefresherKind.REFRESHER, 740)
    assert refreshing.owed_count(session, now=now) == len(refreshing.owed(session, now=now)) == 2
    assert refreshing.owed_count(session, now=now, before=today + 31 * DAY) == 1

    def settles(**changes: Any) -> None:
        sent = {"requirement_id": wanted, "outcome": Outcome.COMPLETED, "on": today, "note": ""} | changes
        refreshing.settle(session, actor=actor, now=now, **sent)
        session.flush()

    for changes, refusal in (
        ({"requirement_id": new_id()}, refreshing.NoSuchRequirement),
        ({"on": today + DAY}, refreshing.NotYet),
        ({"outcome": Outcome.WAIVED}, refreshing.NotYet),
    ):
        with pytest.raises(refusal):
            settles(**changes)
    settles()
    with pytest.raises(refreshing.AlreadySettled):
        settles()
    assert refreshing.owed_count(session, now=now) == 1
    there.moves(session, made, MoveKind.REVOCATION, now=now)
    assert refreshing.owed_count(session, now=now) == 0
    with pytest.raises(refreshing.NotYet):
        demands(RefresherKind.AD_HOC, 30)


def test_an_update_done_puts_down_the_next_a_year_later(session: Session, clock: FrozenClock) -> None:
    now = clock.now()
    there = office(session, "tfm-2025", now=now)
    made = there.authorized(session, now=now)
    (first,) = refreshing.requirements(session, authorization_ids=[made])
    done = first.due_on - 30 * DAY
    later = now + 340 * DAY
    actor = there.made.cast.supervisor.identity
    refreshing.settle(session, actor=actor, requirement_id=first.id, outcome=Outcome.COMPLETED, on=done, note="", now=later)
    session.flush()
    assert [one.due_on for one in refreshing.requirements(session, authorization_ids=[made])] == [
        months_later(done, months=12),
        first.due_on,
    ]


# --- Lists ----------------------------------------------------------------------------------------------------------

STORIES: dict[str, tuple[tuple[MoveKind, int, int | None], ...]] = {
    "nothing": (),
    "suspended": ((MoveKind.SUSPENSION, 1, None),),
    "suspended for a while": ((MoveKind.SUSPENSION, 1, 3),),
    "reinstated": ((MoveKind.SUSPENSION, 1, None), (MoveKind.REINSTATEMENT, 2, None)),
    "suspended again for a while": ((MoveKind.SUSPENSION, 1, None), (MoveKind.SUSPENSION, 2, 3)),
    "withdrawn": ((MoveKind.WITHDRAWAL, 2, None),),
    "taken back": ((MoveKind.WITHDRAWAL, 4, None), (MoveKind.REINSTATEMENT, 2, None)),
    "revoked while suspended": ((MoveKind.SUSPENSION, 1, None), (MoveKind.REVOCATION, 3, None)),
}
WORDS = {
    Shown.ACTIVE: {Word.ACTIVE},
    Shown.SUSPENDED: {Word.SUSPENDED},
    Shown.NOT_YET: {Word.NOT_YET},
    Shown.DORMANT: {Word.DORMANT},
    Shown.ENDED: {Word.EXPIRED, Word.WITHDRAWN, Word.REVOKED, Word.AGREEMENT_ENDED},
}


@pytest.mark.parametrize("agreed", [None, State.SUSPENDED, State.TERMINATING])
def test_the_lists_say_what_the_fold_says(session: Session, there: Office, clock: FrozenClock, agreed: State | None) -> None:
    now = clock.now()
    made = []
    for number, story in enumerate(STORIES.values()):
        officer = another_officer(session, there.made, f"Officer {number}", now=now)
        made.append(there.authorized(session, officer, now=now))
        for kind, day, until in story:
            ends = None if until is None else now + until * DAY
            there.moves(session, made[-1], kind, now=now, effective_at=now + day * DAY, until=ends)
    if agreed:
        there.ends_agreement(session, agreed, now=now + 2 * DAY + HOUR)
    rows = [row(session, one) for one in made]
    for hours in (0, 25, 49, 60, 90, 130):
        at = now + hours * HOUR
        words = {one.id: found.word for one in rows if (found := one.standing(at=at, known=now + 300 * DAY))}
        for shown, meant in WORDS.items():
            expected = {one for one, word in words.items() if word in meant}
            assert {one.id for one in listing.authorizations(session, shown=shown, now=at)} == expected, (shown, hours)
        assert {shown: count for shown, count in listing.counts(session, now=at).items() if shown in WORDS} == {
            shown: sum(word in meant for word in words.values()) for shown, meant in WORDS.items()
        }
    assert set(CONDITIONS) == set(Shown)


def test_who_is_certified_and_not_authorized_waits_until_authorized_and_after_the_end(
    session: Session, there: Office, clock: FrozenClock
) -> None:
    number = there.certified(session, there.made.cast.officer, now=clock.now())
    assert [one.number for one in listing.waiting(session, now=clock.now())] == [number]
    made = there.authorizes(session, number, now=clock.now())
    assert listing.waiting_count(session, now=clock.now()) == 0
    there.moves(session, made, MoveKind.REVOCATION, now=clock.now())
    assert listing.waiting_count(session, now=clock.now()) == 1


def test_only_the_own_agency_and_those_who_may_ask_see_an_authorization(session: Session, there: Office, clock: FrozenClock) -> None:
    made, cast = there.authorized(session, now=clock.now()), there.made.cast
    seen = {
        person.name for person in cast.people if queries.authorization(session, identity=person.identity, authorization_id=made) is not None
    }
    assert seen == {
        one.name for one in (cast.officer, cast.coordinator, cast.supervisor, cast.verifier, cast.program_officer, cast.certifier)
    }
