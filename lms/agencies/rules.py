"""What kinds of agencies there are, in which States and territories, and in which time zones people read clocks. Pure."""

from enum import StrEnum

from lms.places import rules as places


class AgencyKind(StrEnum):
    """What an agency is. An agreement under section 287(g) may be made with any of them."""

    STATE_POLICE = "state police"
    SHERIFF = "sheriff"
    POLICE = "police"
    CORRECTIONS = "corrections"


KIND_LABELS = {
    AgencyKind.STATE_POLICE: "State police or highway patrol",
    AgencyKind.SHERIFF: "Sheriff's office",
    AgencyKind.POLICE: "Police department",
    AgencyKind.CORRECTIONS: "Department of corrections or jail authority",
}

STATES = {state.postal: state.name for state in places.STATES}
"""Postal codes of the States, the District of Columbia and the territories."""

TIME_ZONES = {
    "America/New_York": "Eastern time",
    "America/Indiana/Indianapolis": "Eastern time, Indiana",
    "America/Chicago": "Central time",
    "America/Denver": "Mountain time",
    "America/Phoenix": "Mountain time without daylight saving, Arizona",
    "America/Los_Angeles": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
    "America/Puerto_Rico": "Atlantic time, Puerto Rico and U.S. Virgin Islands",
    "Pacific/Guam": "Chamorro time, Guam and Northern Mariana Islands",
    "Pacific/Pago_Pago": "Samoa time",
}
"""IANA names offered to people, with the words they know them by."""
