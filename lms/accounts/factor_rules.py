"""What a one-time code and a recovery code are, and how they are compared. Pure."""

import hmac
from datetime import datetime
from enum import StrEnum
from typing import Final

import pyotp

STEP_SECONDS: Final = 30
CODE_DIGITS: Final = 6
RECOVERY_CODES: Final = 10
RECOVERY_LENGTH: Final = 12
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which people misread. Twelve of its signs are 60 random bits."""
MOST_FACTORS: Final = 10
LONGEST_NAME: Final = 60


class FactorKind(StrEnum):
    """By what a person proves that it is them, beside the password."""

    CODE_APP = "code app"
    PASSKEY = "passkey"
    RECOVERY = "recovery code"


def step_of(moment: datetime) -> int:
    """The time step in which `moment` lies (RFC 6238)."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step whose code of `secret` is `code`: the present one, the one before or the one after. None when it is none of them.

    All three are compared, so that the time taken tells nothing.
    """
    made, here = pyotp.TOTP(secret, digits=CODE_DIGITS, interval=STEP_SECONDS), step_of(now)
    steps = (here - 1, here, here + 1)
    matches = [step for step in steps if hmac.compare_digest(made.generate_otp(step).encode(), code.encode())]
    return matches[-1] if matches else None


def unused_code(secret: str, *, after: int, now: datetime) -> str | None:
    """The code of the first time step that counts now and comes `after` the one used last; None when all were used."""
    made, here = pyotp.TOTP(secret, digits=CODE_DIGITS, interval=STEP_SECONDS), step_of(now)
    step = next((one for one in (here, here + 1) if one > after), None)
    return None if step is None else str(made.generate_otp(step))


def code_of(typed: str) -> str | None:
    """The six digits of a one-time code as they were typed, or None when it is none."""
    digits = "".join(typed.split()).replace("-", "")
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdecimal() else None


def recovery_code_of(typed: str) -> str | None:
    """A recovery code as it was typed, without the marks between, or None when it is none."""
    signs = "".join(sign for sign in typed.upper() if not sign.isspace() and sign != "-")
    signs = signs.translate(str.maketrans("OIL", "011"))
    return signs if len(signs) == RECOVERY_LENGTH and set(signs) <= set(ALPHABET) else None


def grouped(text: str) -> str:
    """A code or a secret in groups of four, as people read and type it."""
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
