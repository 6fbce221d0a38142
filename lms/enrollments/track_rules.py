"""Which track a class gives an officer whom an order covers (R-24). Pure."""

from collections.abc import Collection
from enum import StrEnum


class Track(StrEnum):
    """How much of the whole course an enrollment takes."""

    STANDARD = "standard"
    ABBREVIATED = "abbreviated"
    WAIVED = "waived"


def track_in(*, course_id: str, abbreviates: str, ordered: str, waives_everything: bool) -> Track | None:
    """The track that a class of `course_id` gives under an order on the course `ordered`; None when the class fits no such order.

    A class of the short form gives the abbreviated track. A class of the whole course gives the waived one, when all of it is waived: it is
    where what stays owed can be made up.
    """
    if abbreviates == ordered:
        return Track.ABBREVIATED
    return Track.WAIVED if course_id == ordered and waives_everything else None


def lessons_not_taught(kept: Collection[str], taught: Collection[str]) -> list[str]:
    """The lessons that an order keeps and a class does not teach: with any, the class cannot carry out the order."""
    return sorted(set(kept) - set(taught))
