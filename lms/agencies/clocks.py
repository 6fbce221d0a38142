"""When a notice has run: hours or calendar days, in the time zone of the agency, with or without weekends (R-19, R-22). Pure."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.agencies.rule_sets import Notice

SATURDAY = 5


def ends_at(notice: Notice, *, starts_at: datetime, zone: str) -> datetime:
    """The moment at which `notice`, given at `starts_at`, has run."""
    if notice.days:
        return days_later(starts_at, days=notice.days, zone=zone)
    if notice.without_weekends:
        return working_hours_later(starts_at, hours=notice.hours, zone=zone)
    return starts_at + timedelta(hours=notice.hours)


def days_later(starts_at: datetime, *, days: int, zone: str) -> datetime:
    """The same time on the clock so many calendar days later, whatever the clock did in between."""
    local = starts_at.astimezone(ZoneInfo(zone))
    return (local + timedelta(days=days)).astimezone(UTC)


def working_hours_later(starts_at: datetime, *, hours: int, zone: str) -> datetime:
    """The moment at which so many hours have passed that lie on no Saturday and no Sunday of the zone."""
    at, left, place = starts_at.astimezone(UTC), timedelta(hours=hours), ZoneInfo(zone)
    while True:
        today = at.astimezone(place).date()
        midnight = start_of(today + timedelta(days=1), zone=zone)
        if today.weekday() < SATURDAY:
            if left <= midnight - at:
                return at + left
            left -= midnight - at
        at = midnight


def start_of(day: date, *, zone: str) -> datetime:
    """The moment at which a day begins in the zone."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def months_later(day: date, *, months: int) -> date:
    """The same day so many months later; the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
