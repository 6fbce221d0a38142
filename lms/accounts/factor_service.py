"""Setting up, proving, removing and resetting second factors."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import pyotp
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts import factor_queries, passkeys, queries
from lms.accounts.factor_rules import (
    ALPHABET,
    LONGEST_NAME,
    MOST_FACTORS,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    FactorKind,
    code_of,
    matching_step,
    recovery_code_of,
    unused_code,
)
from lms.accounts.models import Factor, FactorEnding, RecoveryCode, RecoveryCodeUse, RecoverySet, User, UserSession
from lms.accounts.passkeys import NewPasskey, Party
from lms.accounts.permissions import STAFF_ROLES
from lms.accounts.rules import Identity
from lms.accounts.service import end_sessions
from lms.accounts.vault import Vault
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

CHALLENGE_LASTS: Final = timedelta(minutes=5)
SECRET: Final = "secret of a code app"  # noqa: S105 - names the purpose for which secrets are sealed


class NotProven(Invalid):
    """What was given does not prove the factor."""


class PasskeyCopied(NotProven):
    """The passkey says that it was used less often than it was: somebody may have a copy of it."""


class TooManyFactors(Conflict):
    """A person has only so many factors."""


class LastFactor(Conflict):
    """Staff keep at least one factor."""


class OwnFactors(Forbidden):
    """Nobody resets their own factors."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The passkey's side of a proof: the site it is for, the challenge that was put, and the browser's answer."""

    party: Party
    challenge: str
    answer: str


# --- Proving ---


def prove_code(session: Session, *, actor: Identity, vault: Vault, typed: str, now: datetime) -> FactorKind:
    """Prove a factor by a one-time code, each step at most once, or by a recovery code, once. Raises NotProven."""
    code, recovery = code_of(typed), recovery_code_of(typed)
    if code is not None and _code_holds(session, actor=actor, vault=vault, code=code, now=now):
        return FactorKind.CODE_APP
    if recovery is not None and _recovery_holds(session, actor=actor, vault=vault, code=recovery, now=now):
        return FactorKind.RECOVERY
    raise NotProven("That code is wrong, too old or already used. Wait for the next one in your app, or use a recovery code.")


def _code_holds(session: Session, *, actor: Identity, vault: Vault, code: str, now: datetime) -> bool:
    apps = session.execute(
        select(Factor.id, Factor.sealed).where(Factor.user_id == actor.user_id, Factor.sealed.is_not(None), factor_queries.stands())
    ).all()
    for factor_id, sealed in apps:
        secret = vault.opened(sealed or b"", purpose=_purpose(actor.user_id))
        step = None if secret is None else matching_step(secret.decode(), code, now=now)
        if step is not None and _counts_up(session, factor_id=factor_id, counter=step, now=now):
            return True
    return False


def next_code(session: Session, *, actor: Identity, vault: Vault, now: datetime) -> str | None:
    """A code of the person's code app that counts now and was not used, for the pages of a demonstration, whose secrets are published."""
    apps = select(Factor.sealed, Factor.counter).where(Factor.user_id == actor.user_id, Factor.sealed.is_not(None), factor_queries.stands())
    for sealed, counter in session.execute(apps):
        secret = vault.opened(sealed or b"", purpose=_purpose(actor.user_id))
        if secret is not None:
            return unused_code(secret.decode(), after=counter, now=now)
    return None


def _counts_up(session: Session, *, factor_id: uuid.UUID, counter: int, now: datetime) -> bool:
    """Let a factor's counter grow; of two who try it with the same value at once the database lets one."""
    smaller = (Factor.id == factor_id, Factor.counter < counter)
    grown = update(Factor).where(*smaller).values(counter=counter, last_used_at=now).returning(Factor.id)
    return session.execute(grown).first() is not None


def _recovery_holds(session: Session, *, actor: Identity, vault: Vault, code: str, now: datetime) -> bool:
    if actor.user_id is None:
        return False
    digest = vault.digest(f"{actor.user_id}:{code}")
    asked = select(RecoveryCode.digest).where(RecoveryCode.digest == digest, factor_queries.unused(actor.user_id))
    if session.scalar(asked) is None:
        return False
    session.add(RecoveryCodeUse(digest=digest, at=now))
    session.flush()  # used twice at once, the second fails on the key, is run again, and finds it used
    return True


def prove_passkey(session: Session, *, actor: Identity, asked: Asked, now: datetime) -> FactorKind:
    """Prove a factor by one of the person's own passkeys. Raises NotProven, and PasskeyCopied when its counter went back."""
    own = (Factor.user_id == actor.user_id, Factor.credential_id == passkeys.credential_in(asked.answer), factor_queries.stands())
    factor = session.scalar(select(Factor).where(*own).with_for_update())
    if factor is None or factor.public_key is None:
        raise NotProven("That passkey is none of yours, or was removed. Use another, or a code.")
    counter = passkeys.proven(asked.party, challenge=asked.challenge, answer=asked.answer, public_key=factor.public_key)
    if (counter or factor.counter) and counter <= factor.counter:
        raise PasskeyCopied(
            "This passkey was used elsewhere in the meantime: it may have been copied. Remove it, and tell an administrator."
        )
    factor.counter, factor.last_used_at = counter, now
    return FactorKind.PASSKEY


def note_copied_passkey(session: Session, *, actor: Identity, now: datetime) -> None:
    """Keep on record that a passkey's counter went back."""
    audit.record(
        session,
        actor=actor,
        action="gave a passkey whose counter went back",
        object_type="user",
        object_id=actor.user_id,
        outcome=audit.REFUSED,
        now=now,
    )


def note_proof(session: Session, *, actor: Identity, kind: FactorKind, now: datetime) -> None:
    """Remember that the person has just proved a factor in this session, which goes on."""
    session.execute(update(UserSession).where(UserSession.id == actor.session_id).values(proven_at=now))
    audit.record(
        session,
        actor=actor,
        action="proved the second factor anew",
        object_type="session",
        object_id=actor.session_id,
        details={"factor": kind},
        now=now,
    )


def put_challenge(session: Session, *, actor: Identity, now: datetime) -> str:
    """Make the challenge that the session's next passkey must answer; one made before counts no more."""
    challenge = passkeys.new_challenge()
    own = (UserSession.id == actor.session_id, UserSession.ended_at.is_(None))
    session.execute(update(UserSession).where(*own).values(challenge=challenge, challenge_at=now))
    return challenge


def taken_challenge(session: Session, *, actor: Identity, now: datetime) -> str:
    """The challenge of the session, which is then gone. Raises NotProven when there is none, or it is too old."""
    own = UserSession.id == actor.session_id
    found = session.execute(select(UserSession.challenge, UserSession.challenge_at).where(own).with_for_update()).first()
    session.execute(update(UserSession).where(own).values(challenge=None, challenge_at=None))
    if found is None or found.challenge is None or found.challenge_at <= now - CHALLENGE_LASTS:
        return ""
    return str(found.challenge)


# --- Having ---


def new_secret() -> str:
    """A secret for a code app: 160 random bits in base 32."""
    return pyotp.random_base32()


def add_code_app(session: Session, *, actor: Identity, vault: Vault, secret: str, typed: str, name: str, now: datetime) -> None:
    """Give the person a code app whose secret is `secret`, once a code of it was typed right. That code counts as used."""
    code = code_of(typed)
    step = None if code is None else matching_step(secret, code, now=now)
    if step is None:
        raise NotProven("That is not the code that the app shows now. Check the clock of the device, and type the newest code.")
    sealed = vault.seal(secret.encode(), purpose=_purpose(actor.user_id))
    _add(session, actor=actor, kind=FactorKind.CODE_APP, name=name, now=now, sealed=sealed, counter=step)


def add_passkey(session: Session, *, actor: Identity, found: NewPasskey, name: str, now: datetime) -> None:
    """Give the person a passkey that their browser has made."""
    if session.scalar(select(Factor.id).where(Factor.credential_id == found.credential_id)) is not None:
        raise Conflict("This passkey is already set up. Use another device, or remove it first.")
    held = {"credential_id": found.credential_id, "public_key": found.public_key, "counter": found.counter}
    _add(session, actor=actor, kind=FactorKind.PASSKEY, name=name, now=now, **held)


def _add(session: Session, *, actor: Identity, kind: FactorKind, name: str, now: datetime, **held: object) -> None:
    """Add a factor. The first one ends the person's sessions elsewhere: none of them has proved it."""
    if actor.user_id is None:
        raise NotFound("The system has no factors.")
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())
    others = factor_queries.factors(session, user_id=actor.user_id)
    if len(others) >= MOST_FACTORS:
        raise TooManyFactors(f"You have {MOST_FACTORS} second factors already. Remove one that you do not use.")
    called = " ".join(name.split())[:LONGEST_NAME] or f"My {kind}"
    factor = Factor(id=new_id(), user_id=actor.user_id, kind=kind, name=called, created_at=now, last_used_at=now, **held)
    session.add(factor)
    session.flush()
    if not others:
        end_sessions(session, user_id=actor.user_id, but=actor.session_id, now=now)
    audit.record(
        session,
        actor=actor,
        action="set up a second factor",
        object_type="factor",
        object_id=factor.id,
        details={"factor": kind},
        now=now,
    )


def make_recovery_codes(session: Session, *, actor: Identity, vault: Vault, now: datetime) -> list[str]:
    """Make ten recovery codes and return them, shown once and kept only as keyed digests. Those made before open nothing any more."""
    if actor.user_id is None:
        raise NotFound("The system has no recovery codes.")
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    _replace_codes(session, user_id=actor.user_id, digests=[vault.digest(f"{actor.user_id}:{code}") for code in codes], now=now)
    audit.record(session, actor=actor, action="made recovery codes", object_type="user", object_id=actor.user_id, now=now)
    return codes


def _replace_codes(session: Session, *, user_id: uuid.UUID, digests: list[str], now: datetime) -> None:
    newest = RecoverySet(id=new_id(), user_id=user_id, at=_after_the_last(session, user_id=user_id, now=now))
    session.add(newest)
    session.flush()
    session.add_all([RecoveryCode(digest=one, set_id=newest.id) for one in digests])


def _after_the_last(session: Session, *, user_id: uuid.UUID, now: datetime) -> datetime:
    """A moment later than that of the person's last set, so that there is always one newest."""
    asked = select(RecoverySet.at).where(RecoverySet.user_id == user_id).order_by(RecoverySet.at.desc()).limit(1)
    last = session.scalar(asked)
    return now if last is None or last < now else last + timedelta(milliseconds=1)


def remove(session: Session, *, actor: Identity, factor_id: uuid.UUID, now: datetime) -> None:
    """Remove one of the person's own factors. Raises LastFactor where a role asks for at least one."""
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())  # two removals happen one after the other
    own = [] if actor.user_id is None else factor_queries.factors(session, user_id=actor.user_id)
    found = next((one for one in own if one.id == factor_id), None)
    if found is None:
        raise NotFound("You have no such factor.")
    if len(own) == 1 and actor.roles & STAFF_ROLES:
        raise LastFactor("Your role needs a second factor. Set up another one first, then remove this one.")
    _end(session, actor=actor, factor_id=factor_id, now=now)
    if len(own) == 1 and actor.user_id is not None:
        _replace_codes(session, user_id=actor.user_id, digests=[], now=now)
    audit.record(
        session,
        actor=actor,
        action="removed a second factor",
        object_type="factor",
        object_id=factor_id,
        details={"factor": found.kind},
        now=now,
    )


def _end(session: Session, *, actor: Identity, factor_id: uuid.UUID, now: datetime) -> None:
    session.add(FactorEnding(factor_id=factor_id, ended_by=actor.user_id, at=now))
    emptied = {"sealed": None, "credential_id": None}  # a secret that opens nothing is not kept, and a device may be set up anew
    session.execute(update(Factor).where(Factor.id == factor_id).values(**emptied))


def reset(session: Session, *, actor: Identity, user_id: uuid.UUID, reason: str, now: datetime) -> None:
    """Take all factors and recovery codes from a person who lost them, and end every session of theirs."""
    if user_id == actor.user_id:
        raise OwnFactors("Nobody resets their own factors. Ask another administrator.")
    if queries.person(session, user_id=user_id) is None:
        raise NotFound("There is no such person.")
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
    ended = factor_queries.factors(session, user_id=user_id)
    for factor in ended:
        _end(session, actor=actor, factor_id=factor.id, now=now)
    _replace_codes(session, user_id=user_id, digests=[], now=now)
    end_sessions(session, user_id=user_id, now=now)
    audit.record(
        session,
        actor=actor,
        action="reset the second factors of a person",
        object_type="user",
        object_id=user_id,
        reason=reason,
        details={"factors": len(ended)},
        now=now,
    )


def _purpose(user_id: uuid.UUID | None) -> str:
    return f"{SECRET} of {user_id}"
