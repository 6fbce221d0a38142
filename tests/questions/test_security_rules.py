"""How long a signature under the test-security agreement counts (R-10)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.questions import security_rules
from lms.questions.security_rules import EDITION, Signature, counts

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_exam_content_is_shown_to_nobody_without_a_signature_of_today() -> None:
    """R-10: unsigned, signed in another edition, or signed a year ago is not signed."""
    assert not counts(None, now=NOON)
    assert not counts(Signature("2020-01", NOON), now=NOON)
    assert counts(Signature(EDITION, NOON), now=NOON)
    assert not counts(Signature(EDITION, NOON), now=NOON.replace(year=2027))
    assert counts(Signature(EDITION, NOON), now=NOON.replace(year=2027) - timedelta(milliseconds=1))


@given(moments, st.timedeltas(timedelta(), timedelta(days=800)))
def test_a_signature_counts_for_a_year_and_never_again(signed_at: datetime, later: timedelta) -> None:
    """R-10."""
    signature = Signature(EDITION, signed_at)
    assert counts(signature, now=signed_at + later) is (later < signature.expires_at - signed_at)
    assert timedelta(days=364) <= signature.expires_at - signed_at <= timedelta(days=366)


def test_every_promise_is_part_of_what_is_signed() -> None:
    assert len(security_rules.PROMISES) == 7
    assert len(security_rules.TEXT_HASH) == 64
