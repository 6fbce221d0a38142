"""Those who run the program are told in time that the signing keys end."""

from datetime import timedelta
from pathlib import Path

from lms.certificates import keyring, signers
from lms.kernel.clock import FrozenClock
from lms.settings import Settings


def test_nobody_is_warned_before_there_are_keys_nor_while_they_are_good_for_long(tmp_path: Path, clock: FrozenClock) -> None:
    settings = Settings(data=tmp_path)
    assert signers.warning(settings, now=clock.now()) == ""
    keyring.found(tmp_path, name="Test authority", specimen=True, now=clock.now())
    assert signers.warning(settings, now=clock.now()) == ""


def test_the_end_of_the_keys_is_told_two_months_ahead_with_what_to_do(tmp_path: Path, clock: FrozenClock) -> None:
    keyring.found(tmp_path, name="Test authority", specimen=True, now=clock.now())
    told = signers.warning(Settings(data=tmp_path), now=clock.advance(timedelta(days=350)))
    assert "lms keys renew --issuing" in told
    assert "2027" in told
