"""Which counties an agency serves. Pure."""

from collections.abc import Collection

from lms.places.rules import County, counties, counties_of

MOST = 60
"""Counties that an agency serves at most before it is better called State-wide."""


def matching(postal: str, words: str) -> tuple[County, ...]:
    """The counties of a State whose names contain what was typed; all of them when nothing was."""
    asked = words.casefold().strip()
    return tuple(county for county in counties_of(postal) if asked in county.name.casefold())


def fault_of_counties(postal: str, fips: Collection[str]) -> str | None:
    """Why an agency of that State cannot serve these counties, or None."""
    if any(code not in counties() or counties()[code].state.postal != postal for code in fips):
        return "Choose counties of the agency's own State."
    return f"Choose at most {MOST} counties. An agency that serves more is State-wide." if len(set(fips)) > MOST else None


def named(fips: Collection[str]) -> str:
    """The counties in a sentence; of none: the whole State."""
    known = sorted(counties()[code].name for code in fips if code in counties())
    return ", ".join(known) if known else "The whole State"
