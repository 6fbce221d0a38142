"""When a class may run, and what an administrator agrees to whose class is examined on a public bank. Pure."""

from datetime import date, timedelta

LONGEST_CLASS = timedelta(days=366)

PUBLIC_BANK_WARNING = (
    "The exam of this class is drawn on a question bank that anyone can read. An officer may have seen every question and its answer."
)
PUBLIC_BANK_WORDING = (
    "I know that anyone can read the questions and answers of this exam beforehand, and I accept certificates of this class all the same."
)


def fault_of_dates(*, starts_on: date, ends_on: date) -> str | None:
    """The sentence that refuses the dates of a class, or None when they will do."""
    if ends_on < starts_on:
        return "The class ends before it starts. Check the two dates."
    if ends_on - starts_on > LONGEST_CLASS:
        return "A class runs for a year at most. Check the two dates."
    return None
