"""Refusals: one class per reason, each carrying the sentence that the person is told."""


class Refusal(Exception):
    """Something asked for is not done. The message says why, and what to do instead."""


class NotFound(Refusal):
    """No such thing, or not one this person may know of: the two look alike."""


class Forbidden(Refusal):
    """The person is known and may not do this."""


class Conflict(Refusal):
    """The thing has moved on since the person looked."""


class Invalid(Refusal):
    """What was sent cannot be accepted as it is."""


class TooMany(Refusal):
    """Asked too often; waiting helps."""
