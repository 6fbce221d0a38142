"""Who may proctor whose exam (R-11)."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from lms.sittings.proctor_rules import OfficerSide, ProctorSide, Tie, ties

IDS = [uuid.UUID(int=number) for number in range(1, 6)]
some = st.sets(st.sampled_from(IDS)).map(frozenset)
proctors = st.builds(ProctorSide, st.sampled_from(IDS), some, some)
officers = st.builds(OfficerSide, st.sampled_from(IDS), st.sampled_from(IDS), some)


@given(proctors, officers)
def test_whoever_is_involved_in_any_way_may_not_proctor_and_is_told_each_way(proctor: ProctorSide, officer: OfficerSide) -> None:
    """R-11: not oneself, not the instructor of record, not one of the officer's own agency."""
    found = set(ties(proctor, officer))
    assert (Tie.SELF in found) is (proctor.user_id == officer.user_id)
    assert (Tie.INSTRUCTOR in found) is (officer.offering_id in proctor.classes)
    assert (Tie.CHAIN in found) is any(one in officer.agencies for one in proctor.agencies)


def test_somebody_from_another_agency_who_teaches_another_class_may_proctor() -> None:
    """R-11."""
    proctor = ProctorSide(IDS[0], frozenset({IDS[1]}), frozenset({IDS[2]}))
    assert ties(proctor, OfficerSide(IDS[3], IDS[4], frozenset({IDS[3]}))) == ()
