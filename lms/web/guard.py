"""Who may call what. Closed by default: a view that does not say who may call it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, request
from flask_login import LoginManager, UserMixin, current_user

from lms.kernel.errors import Forbidden, Refusal
from lms.web import transaction
from lms.web.forms import csrf_is_valid
from lms.web.site import site

View = TypeVar("View", bound=Callable[..., Any])
login_manager = LoginManager()
SAFE_METHODS = transaction.SAFE_METHODS
NUL = "\0"
PROOF_LASTS = timedelta(minutes=10)
"""How long the proof of a second factor counts for acts that ask for a fresh one."""


class Audience(StrEnum):
    """Who may call a view that needs no permission of its own."""

    PUBLIC = "everyone"
    SIGNED_IN = "everyone signed in"


PUBLIC = Audience.PUBLIC
SIGNED_IN = Audience.SIGNED_IN


class Person(Protocol):
    """What the guard needs to know of an identity."""

    def may(self, permission: Any) -> bool: ...

    @property
    def owes(self) -> StrEnum | None: ...

    @property
    def locked_to(self) -> object: ...

    @property
    def has_factor(self) -> bool: ...

    @property
    def proven_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares.

    `reading_only`: its POST does slow work first and opens short writing sessions itself. `step_up`: whoever acts must have proved a moment
    ago that it is them, by their second factor. A session that still owes something is led to where it is given, and reaches no view but
    those that are `always` served and those that take what is `owing`.
    """

    needs: StrEnum
    reading_only: bool = False
    step_up: bool = False
    always: bool = False
    owing: StrEnum | None = None


class SignInNeeded(Refusal):
    """Nobody is signed in, and this page is not for everyone."""


class ProofNeeded(Refusal):
    """The password was right; the second factor is not proved yet, or not even set up."""


class StepUpNeeded(Refusal):
    """The act is protected, and the second factor was not proved within the last minutes."""


class OneThingOnly(Refusal):
    """The person sits an exam and asked for something else."""

    def __init__(self, address: str) -> None:
        super().__init__("Your exam is under way. Until it is handed in, or its time is over, you can see nothing else here.")
        self.address = address


class UnsafeRequest(Forbidden):
    """The request did not come from one of our own pages."""


class NotText(Refusal):
    """The request carries a NUL, which no page sends and not every database can keep."""


class SignedIn(UserMixin):
    """The signed-in person as flask-login knows them: their id is the secret of a server-side session."""

    def __init__(self, token: str, identity: Any) -> None:
        self.id = token
        self.identity = identity


def access(
    needs: StrEnum, *, reading_only: bool = False, step_up: bool = False, always: bool = False, owing: StrEnum | None = None
) -> Callable[[View], View]:
    """Declare who may call a view: a permission, `SIGNED_IN` or `PUBLIC`."""

    def mark(view: View) -> View:
        cast("Any", view).access = Access(needs, reading_only, step_up, always, owing)
        return view

    return mark


@login_manager.user_loader  # type: ignore[untyped-decorator] # flask-login ships no types
def load(token: str) -> SignedIn | None:
    """The person whose session `token` is, if it still counts."""
    identity = site().identify(transaction.session(), token=token, now=transaction.now())
    return None if identity is None else SignedIn(token, identity)


def admit() -> None:
    """Let the request pass to its view, or refuse it. Runs before every view, the framework's own included."""
    declared = _declared()
    g.reading_only = declared.reading_only
    if not declared.always:
        _refuse_half_signed(declared)
        _refuse_locked_down()
    if declared.needs is not PUBLIC:
        identity = current_identity()
        if declared.needs is not SIGNED_IN and not identity.may(declared.needs):
            raise Forbidden("Your role does not include this page. If it should, ask the person who runs your program.")
    if request.method not in SAFE_METHODS and not (_same_origin() and csrf_is_valid()):
        raise UnsafeRequest("This form was not sent from a page of this site, or is from before you signed in. Go back, reload, try again.")
    if _carries_nul():
        raise NotText("Something in what was sent is not text. Go back, reload the page and type it again.")
    if declared.step_up:
        _refuse_unproven(declared)


def _refuse_half_signed(declared: Access) -> None:
    identity = identity_if_any()
    if identity is not None and identity.owes is not None and identity.owes is not declared.owing:
        raise ProofNeeded(f"Your password was right. You still have {identity.owes} before you go on.")


def _refuse_locked_down() -> None:
    """Lead whoever sits an exam back to it. Whoever still owes something has not come so far."""
    person: Person | None = identity_if_any()
    if person is None or person.locked_to is None or person.owes is not None:
        return
    asked = {"identity": person, "endpoint": request.endpoint or "", "arguments": request.view_args or {}}
    address = site().lockdown(transaction.session(), now=transaction.now(), **asked)
    if address is not None:
        raise OneThingOnly(address)


def _refuse_unproven(declared: Access) -> None:
    """Ask for the factor anew. Whoever has none, and needs none, has nothing to prove on the pages of their own account."""
    person: Person = current_identity()
    if not person.has_factor and declared.needs is SIGNED_IN:
        return
    if person.proven_at is None or person.proven_at <= transaction.now() - PROOF_LASTS:
        raise StepUpNeeded("This needs a fresh proof that it is you.")


def _carries_nul() -> bool:
    if NUL in request.path or "%00" in request.query_string.decode("latin-1"):
        return True
    return request.method not in SAFE_METHODS and any(NUL in value for _, value in request.form.items(multi=True))


def protected_act() -> StrEnum | None:
    """The permission that the request needs, when it asks for more than reading and its view needs one."""
    declared = getattr(current_app.view_functions.get(request.endpoint or ""), "access", None)
    if request.method in SAFE_METHODS or not isinstance(declared, Access) or isinstance(declared.needs, Audience):
        return None
    return declared.needs


def _declared() -> Access:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return Access(PUBLIC, always=True)  # no such page: the framework answers 404 or 405 without running a view
    declared = getattr(view, "access", None)
    if not isinstance(declared, Access):
        raise Forbidden("This page has not been opened to anyone.")
    return declared


def current_identity() -> Any:
    """The identity of the signed-in person. Raises SignInNeeded when there is none."""
    identity = identity_if_any()
    if identity is None:
        raise SignInNeeded("Sign in first.")
    return identity


def identity_if_any() -> Any:
    """The identity of the signed-in person, or None."""
    return getattr(current_user, "identity", None)  # nobody is anonymous to flask-login, and has none


def forget_who() -> None:
    """Show the rest of this request to nobody in particular: asking who it is has failed, or would."""
    g._login_user = login_manager.anonymous_user()  # noqa: SLF001 - where flask-login keeps whom it has found


def _same_origin() -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin or "").netloc == request.host
