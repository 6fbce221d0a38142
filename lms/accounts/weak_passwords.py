"""Which passwords are refused because they are among the first that anybody would try. Pure.

A password of the minimum length is still weak when it is a common one written longer, a run of neighboring keys, a few characters
over and over, or made of the person's own name or address (NIST SP 800-63B, 3.1.1.2).
"""

from string import digits, punctuation, whitespace

from lms.accounts.passwords import MINIMUM_LENGTH
from lms.accounts.rules import normalized_name

MAXIMUM_LENGTH = 200
FEWEST_DISTINCT = 5
LONGEST_RUN = 8
SHORTEST_NAME_PART = 4

LISTED = """
    123321123321 123qweasdzxc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 abc abcabcabcabc access admin adminadmin
    administrator america angel asdasdasdasd asdf asdfasdf baseball basketball batman blink changeme changeit charlie cheese chocolate
    computer correcthorsebatterystaple default dragon football freedom google guest hello helloworld iloveyou iloveyousomuch internet
    jesus jesusislord letmein liverpool login loveme lovely manchesterunited master michael michelle microsoft monkey mustang mypassword
    newpassword nothing onedirection pass passpass passw passwd password passwordpassword passphrase princess qazwsx qazwsxedc qweasd
    qweasdzxc qweqwe qwer qwert qwerty qwertyqwerty qwertyuiop root secret shadow snoopy soccer spongebob starwars summer autumn winter
    spring sunshine super superman temp temporary test testing testtest thisismypassword trustno trustnoone unitedstates unknown user
    username welcome welcomehome whatever yankees zaqxsw zxcvbn zxcvbnm officer police sheriff deputy sergeant detective trooper warrant
    training trainee certificate enforcement lawenforcement immigration homeland homelandsecurity delegated authority delegatedauthority
    january february march april june july august september october november december monday tuesday wednesday thursday friday
"""
COMMON = frozenset(LISTED.split())
"""Words and keyboard patterns of the published lists of leaked passwords, and those of this site and its calling."""

ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p")
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


def fault_of(password: str, *, name: str, email: str) -> str | None:
    """The sentence that refuses `password`, or None when it will do."""
    if len(password) < MINIMUM_LENGTH:
        return f"Use at least {MINIMUM_LENGTH} characters. A few unrelated words are easy to remember."
    if len(password) > MAXIMUM_LENGTH:
        return f"Use at most {MAXIMUM_LENGTH} characters."
    if _is_common(password):
        return "This is one of the first passwords that anybody would try. Choose a few unrelated words instead."
    if _is_personal(password, name=name, email=email):
        return "Leave your name and your e-mail address out of the password."
    return None


def _is_common(password: str) -> bool:
    written = password.casefold()
    core = written.strip(digits + punctuation + whitespace)
    texts = {_letters_and_digits(text) for text in (written, core, core.translate(_LOOKALIKES))}
    return len(set(written)) < FEWEST_DISTINCT or any(_has_long_run(text) or _is_common_word(text) for text in texts)


def _is_common_word(text: str) -> bool:
    """Whether the text is a common word, or the same one over and over."""
    return any(len(text) % len(word) == 0 and text == word * max(1, len(text) // len(word)) for word in COMMON)


def _has_long_run(text: str) -> bool:
    """Whether most of the text is a piece of a row of keys, forward or backward."""
    rows = [row * 2 for row in ROWS] + [row[::-1] * 2 for row in ROWS]
    pieces = {text[at : at + LONGEST_RUN] for at in range(len(text) - LONGEST_RUN + 1)}
    return any(piece in row for piece in pieces for row in rows) and len(text) < 2 * LONGEST_RUN


def _is_personal(password: str, *, name: str, email: str) -> bool:
    plain = _letters_and_digits(password)
    own = [*normalized_name(name).split(), _letters_and_digits(email.partition("@")[0]), *normalized_name(email.partition("@")[0]).split()]
    return any(part in plain for part in own if len(part) >= SHORTEST_NAME_PART)


def _letters_and_digits(text: str) -> str:
    return "".join(normalized_name(text).split())
