"""Unsafe settings are refused, and each is named."""

from pathlib import Path

import pytest

from lms.app import open_site
from lms.kernel.clock import FrozenClock
from lms.settings import Mode, Settings, UnsafeSettings

SAFE = {"LMS_MODE": "production", "LMS_BASE_URL": "https://training.example.gov", "LMS_HOST": "0.0.0.0"}  # noqa: S104 - what production does


def refusal(**environ: str) -> str:
    with pytest.raises(UnsafeSettings) as refused:
        Settings.from_env(environ)
    return str(refused.value)


def test_a_site_without_settings_serves_this_machine_alone() -> None:
    settings = Settings.from_env({})
    assert (settings.mode, settings.host, settings.port, settings.data) == (Mode.LOCAL, "127.0.0.1", 8000, Path("instance"))


def test_a_production_site_with_safe_settings_is_accepted() -> None:
    settings = Settings.from_env(SAFE)
    assert settings.secure
    assert settings.url == "https://training.example.gov"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"LMS_MODE": "local"}, "LMS_MODE=production"),
        ({"LMS_BASE_URL": "http://training.example.gov"}, "LMS_BASE_URL must be the https"),
        ({"LMS_BASE_URL": ""}, "LMS_BASE_URL"),
        ({"LMS_BASE_URL": "https://localhost"}, "loopback"),
        ({"LMS_WORKERS": "1"}, "LMS_WORKERS"),
        ({"LMS_DEMO": "1"}, "demonstration"),
    ],
)
def test_an_unsafe_setting_is_refused_by_name(change: dict[str, str], named: str) -> None:
    assert named in refusal(**{**SAFE, **change})


def test_every_fault_is_told_at_once() -> None:
    told = refusal(**{**SAFE, "LMS_DEMO": "1", "LMS_WORKERS": "1", "LMS_BASE_URL": "http://localhost"})
    assert all(part in told for part in ("demonstration", "LMS_WORKERS", "https", "loopback"))


@pytest.mark.parametrize(("name", "value"), [("LMS_PORT", "http"), ("LMS_MODE", "test"), ("LMS_LOG_LEVEL", "LOUD")])
def test_a_value_that_cannot_be_read_is_named(name: str, value: str) -> None:
    assert f"{name}={value!r}" in refusal(**{name: value})


def test_the_command_line_wins_over_the_environment() -> None:
    assert Settings.from_env({"LMS_PORT": "9000"}, port=9001).port == 9001


def test_a_clock_that_can_be_moved_is_refused_where_others_reach_the_site(clock: FrozenClock, tmp_path: Path) -> None:
    settings = Settings.from_env(SAFE | {"LMS_DATA": str(tmp_path)})
    with pytest.raises(UnsafeSettings, match="A clock that can be moved is for tests"):
        open_site(settings, clock=clock)
    open_site(settings).database.close()
    open_site(Settings(data=tmp_path), clock=clock).database.close()
