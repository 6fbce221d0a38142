"""A class with a practical exercise, three instructors and as many officers as a test needs."""

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.accounts.permissions import Role
from lms.kernel.clock import FrozenClock
from lms.practicals import queries, service
from lms.practicals.queries import Record
from lms.practicals.rules import Given, Mark, State
from lms.practicals.service import Rating
from tests.support.cast import Cast, Person, cast_of, person
from tests.support.factories import a_class, a_course, an_enrollment

EXERCISE = "palmetto-practical-1"
DAY = date(2026, 11, 20)
MET = {name: Given(Mark.MET) for name in ("C1", "C2", "C3")}
MISSED = {**MET, "C1": Given(Mark.NOT_MET, "Never looked at the paper")}
POOR = {**MET, "C3": Given(Mark.NOT_MET, "Wrote nothing down")}


class Ground:
    """The class, its people, and what they do."""

    def __init__(self, session: Session, clock: FrozenClock, *, practicals: int = 1) -> None:
        self.session, self.clock = session, clock
        self.cast: Cast = cast_of(session, now=self.now)
        self.course = a_course(session, now=self.now, practicals=practicals)
        self.offering = a_class(session, now=self.now, course_hash=self.course)
        self.first = self.cast.instructor
        self.second, self.third = (
            person(session, name=name, role=Role.INSTRUCTOR, now=self.now) for name in ("Nell Arroyo", "Iris Takeda")
        )
        self.enrollment = self.enrolls(self.cast.officer)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def enrolls(self, officer: Person) -> uuid.UUID:
        return an_enrollment(self.session, person=officer, offering_id=self.offering, now=self.now)

    def newcomer(self, name: str) -> uuid.UUID:
        officer = person(self.session, name=name, role=Role.OFFICER, agency_id=self.cast.palmetto, now=self.now)
        return self.enrolls(officer)

    def rates(
        self,
        rater: Person,
        given: dict[str, Given],
        *,
        enrollment: uuid.UUID | None = None,
        reason: str = "",
        held_on: date = DAY,
        exercise: str = EXERCISE,
    ) -> State:
        where = {"enrollment_id": enrollment or self.enrollment, "practical_id": exercise}
        return service.rate(self.session, actor=rater.identity, rating=Rating(held_on, given, reason), now=self.now, **where)  # type: ignore[arg-type] # both are what they are called

    def both(self, given: dict[str, Given], *, enrollment: uuid.UUID | None = None) -> State:
        self.rates(self.first, given, enrollment=enrollment)
        return self.rates(self.second, given, enrollment=enrollment)

    def decides(self, who: Person, *, passed: bool, reason: str = "Seen on the recording") -> State:
        where = {"enrollment_id": self.enrollment, "practical_id": EXERCISE}
        return service.decide(self.session, actor=who.identity, passed=passed, reason=reason, now=self.now, **where)  # type: ignore[arg-type] # both are what they are called

    def repeats(self, who: Person, remediation: str = "Practiced for an hour") -> int:
        where = {"enrollment_id": self.enrollment, "practical_id": EXERCISE}
        return service.open_repeat(self.session, actor=who.identity, remediation=remediation, now=self.now, **where)  # type: ignore[arg-type] # both are what they are called

    @property
    def record(self) -> Record:
        found = queries.own(self.session, actor=self.cast.officer.identity, enrollment_id=self.enrollment)
        assert found is not None
        return found.records[0]
