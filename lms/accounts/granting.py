"""Staff roles by two persons: one invites or proposes, a second one confirms or declines."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import Grant, GrantDecision, GrantProposal, Invitation, InvitationConfirmation, User
from lms.accounts.permissions import AGENCY_ROLES, STAFF_ROLES, Permission, Role, permissions_of
from lms.accounts.rules import Identity, fault_of_second
from lms.accounts.service import AlreadyMade, InvitationGone, OwnRoles, RoleNeedsAgency, end_sessions
from lms.audit import service as audit
from lms.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from lms.kernel.ids import new_id

COMMAND_LINE = "command line"
"""How the trail names whoever confirms on the machine itself."""


class NotTheSecond(Forbidden):
    """Whoever confirms is neither the one who proposed nor the one who is to get the role."""


class NotStaff(Invalid):
    """Officers come in by an invitation, which also says where they serve."""


class HeldAlready(Conflict):
    """The person has the role."""


class ProposalGone(NotFound):
    """The proposal was decided, or never was one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A staff role that waits for a second person: an invitation, or a proposal for somebody who has an account."""

    id: uuid.UUID
    name: str
    email: str
    role: Role
    agency_id: uuid.UUID | None
    first: uuid.UUID | None
    subject: uuid.UUID | None
    by_invitation: bool

    def may_be_confirmed_by(self, who: uuid.UUID | None) -> bool:
        """Whether that person may be the second one."""
        return fault_of_second(second=who, first=self.first, subject=self.subject) is None


def waiting(session: Session, *, now: datetime) -> list[Waiting]:
    """Everything that waits for a second person, invitations first."""
    invited = session.execute(
        select(Invitation, User.id)
        .outerjoin(User, User.email == Invitation.email)
        .where(queries.waits(now), ~queries.confirmed())
        .order_by(Invitation.created_at, Invitation.id)
        .limit(100)
    )
    rows = [Waiting(one.id, one.name, one.email, Role(one.role), one.agency_id, one.invited_by, whose, True) for one, whose in invited]
    proposed = session.execute(
        select(GrantProposal, User.name, User.email)
        .join(User, User.id == GrantProposal.user_id)
        .where(~exists().where(GrantDecision.proposal_id == GrantProposal.id))
        .order_by(GrantProposal.at, GrantProposal.id)
        .limit(100)
    )
    return rows + [
        Waiting(one.id, name, email, Role(one.role), one.agency_id, one.proposed_by, one.user_id, False) for one, name, email in proposed
    ]


def awaiting(session: Session, *, actor: Identity, now: datetime) -> int:
    """How many staff roles wait for this person's decision."""
    return sum(row.may_be_confirmed_by(actor.user_id) for row in waiting(session, now=now))


def second_persons(session: Session, *, now: datetime) -> int:
    """How many people could confirm what another proposes: those who may invite, and whose account is not disabled."""
    inviting = [role for role in Role if Permission.PERSON_INVITE in permissions_of(frozenset({role}))]
    asked = select(func.count(Grant.user_id.distinct())).join(User, User.id == Grant.user_id)
    return session.scalar(asked.where(Grant.role.in_(inviting), queries.held(now), ~queries.disabled())) or 0


def confirm_invitation(session: Session, *, actor: Identity, invitation_id: uuid.UUID, now: datetime) -> None:
    """Agree, as the second person, to an invitation: from now on its link works."""
    session.execute(select(Invitation.id).where(Invitation.id == invitation_id).with_for_update())
    row = session.execute(
        select(Invitation, User.id)
        .outerjoin(User, User.email == Invitation.email)
        .where(Invitation.id == invitation_id, queries.waits(now), ~queries.confirmed())
    ).first()
    if row is None:
        raise InvitationGone("This invitation is not open any more, or needs no confirmation.")
    found = row[0]
    _refuse_unless_second(actor, first=found.invited_by, subject=row[1])
    session.add(InvitationConfirmation(invitation_id=found.id, confirmed_by=actor.user_id, at=now))
    audit.record(
        session,
        actor=actor,
        action="confirmed an invitation",
        object_type="invitation",
        object_id=found.id,
        agency_id=found.agency_id,
        details={"role": found.role} | _how(actor),
        now=now,
    )


def propose(
    session: Session, *, actor: Identity, user_id: uuid.UUID, role: Role, agency_id: uuid.UUID | None, form_id: uuid.UUID, now: datetime
) -> None:
    """Propose a staff role for a person who has an account. It counts when a second person confirms it."""
    if user_id == actor.user_id:
        raise OwnRoles("Nobody changes their own roles. Ask another administrator.")
    if role not in STAFF_ROLES:
        raise NotStaff("Invite the person as an officer instead: the invitation also says in which agency they serve.")
    if (role in AGENCY_ROLES) is (agency_id is None):
        raise RoleNeedsAgency("Choose an agency for a coordinator, and none for the other roles.")
    if queries.person(session, user_id=user_id) is None or actor.user_id is None:
        raise NotFound("There is no such person.")
    if session.scalar(select(GrantProposal.id).where(GrantProposal.form_id == form_id)) is not None:
        raise AlreadyMade("This proposal is already made.")
    _refuse_held(session, user_id=user_id, role=role, agency_id=agency_id, now=now)
    made = GrantProposal(id=new_id(), user_id=user_id, role=role, agency_id=agency_id, proposed_by=actor.user_id, form_id=form_id, at=now)
    session.add(made)
    audit.record(
        session,
        actor=actor,
        action="proposed a role",
        object_type="proposal",
        object_id=made.id,
        agency_id=agency_id,
        details={"role": role, "person": str(user_id)},
        now=now,
    )


def confirm(session: Session, *, actor: Identity, proposal_id: uuid.UUID, now: datetime) -> None:
    """Agree, as the second person, to a proposal: the person has the role from now on, and signs in anew to use it."""
    found = _undecided(session, proposal_id)
    _refuse_unless_second(actor, first=found.proposed_by, subject=found.user_id)
    _refuse_held(session, user_id=found.user_id, role=Role(found.role), agency_id=found.agency_id, now=now)
    grant = Grant(
        id=new_id(),
        user_id=found.user_id,
        role=found.role,
        agency_id=found.agency_id,
        granted_by=found.proposed_by,
        effective_at=now,
        recorded_at=now,
    )
    session.add(grant)
    session.flush()  # the decision points to it
    session.add(GrantDecision(proposal_id=found.id, grant_id=grant.id, decided_by=actor.user_id, at=now))
    end_sessions(session, user_id=found.user_id, now=now)
    _record_decision(session, actor, found, "confirmed a role", now)


def decline(session: Session, *, actor: Identity, proposal_id: uuid.UUID, now: datetime) -> None:
    """Decline a proposal, or take one's own back. Nobody decides about themselves."""
    found = _undecided(session, proposal_id)
    if found.user_id == actor.user_id:
        raise OwnRoles("Nobody changes their own roles. Another administrator must decide this.")
    session.add(GrantDecision(proposal_id=found.id, grant_id=None, decided_by=actor.user_id, at=now))
    _record_decision(session, actor, found, "declined a role", now)


def _undecided(session: Session, proposal_id: uuid.UUID) -> GrantProposal:
    undecided = ~exists().where(GrantDecision.proposal_id == GrantProposal.id)
    session.execute(select(GrantProposal.id).where(GrantProposal.id == proposal_id).with_for_update())
    found = session.scalar(select(GrantProposal).where(GrantProposal.id == proposal_id, undecided))
    if found is None:
        raise ProposalGone("This proposal is not open any more.")
    return found


def _refuse_unless_second(actor: Identity, *, first: uuid.UUID | None, subject: uuid.UUID | None) -> None:
    fault = fault_of_second(second=actor.user_id, first=first, subject=subject)
    if fault is not None:
        raise NotTheSecond(fault)


def _refuse_held(session: Session, *, user_id: uuid.UUID, role: Role, agency_id: uuid.UUID | None, now: datetime) -> None:
    held = {(one.role, one.agency_id) for one in queries.roles_of(session, user_id=user_id, now=now)}
    if (role, agency_id) in held:
        raise HeldAlready("The person has this role already.")


def _record_decision(session: Session, actor: Identity, found: GrantProposal, action: str, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="proposal",
        object_id=found.id,
        agency_id=found.agency_id,
        details={"role": found.role, "person": str(found.user_id)} | _how(actor),
        now=now,
    )


def _how(actor: Identity) -> dict[str, str]:
    return {} if actor.user_id is not None else {"second person": COMMAND_LINE}
