"""Who was certified, who held authority and where agreements stood at a moment, as conditions and sets that the database works out.

What `lms/certificates/rules.py` and `lms/authorizations/rules.py` fold for one officer is said here for all of them at once: everything is
asked as it was at a moment, as it is known now. Tests hold the two against each other.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, SQLColumnExpression, Text, and_, case, exists, func, not_, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from lms.agencies.models import Agency, Agreement, AgreementMove
from lms.authorizations.listing import has_ended, is_active
from lms.authorizations.models import Authorization, Certification, CertificationEntry, CertificationStriking
from lms.certificates.models import Certificate, Revocation, Supersession, Suspension, SuspensionEnding
from lms.courses.models import CourseRevision
from lms.reports.rules import Asked

SECONDS: Final = "%Y-%m-%dT%H:%M:%S"


class _EndOfPaper(FunctionElement[str]):
    """When the paper of a certificate says that it ends, in ISO 8601; NULL where it says nothing."""

    inherit_cache = True
    type = Text()


@compiles(_EndOfPaper, "sqlite")
def _end_on_sqlite(element: Any, compiler: SQLCompiler, **asked: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **asked)}, '$.expires_at')"


@compiles(_EndOfPaper, "postgresql")
def _end_on_postgresql(element: Any, compiler: SQLCompiler, **asked: Any) -> str:
    return f"(CAST({compiler.process(element.clauses, **asked)} AS json) ->> 'expires_at')"


def counts(at: datetime) -> ColumnElement[bool]:
    """That a certificate counts at a moment: issued, and neither revoked, replaced, suspended nor past its end."""
    lifted = exists().where(SuspensionEnding.suspension_id == Suspension.id, SuspensionEnding.effective_at <= at)
    end = _EndOfPaper(Certificate.facts)
    return and_(
        Certificate.reserved_at <= at,
        ~exists().where(Revocation.certificate_id == Certificate.id, Revocation.effective_at <= at),
        ~exists().where(Supersession.certificate_id == Certificate.id, Supersession.at <= at),
        ~exists().where(Suspension.certificate_id == Certificate.id, Suspension.effective_at <= at, not_(lifted)),
        or_(end.is_(None), end > at.strftime(SECONDS)),
    )


def named(at: datetime) -> Select[*tuple[Any, ...]]:
    """The trainings whose officers a list of ICE names at a moment: enrollment, and since when."""
    struck = exists().where(
        CertificationStriking.certificate_id == CertificationEntry.certificate_id, CertificationStriking.effective_at <= at
    )
    return (
        select(Certificate.enrollment_id, func.min(Certification.effective_at).label("since"))
        .join(CertificationEntry, CertificationEntry.certificate_id == Certificate.id)
        .join(Certification, Certification.id == CertificationEntry.certification_id)
        .where(Certification.effective_at <= at, ~struck)
        .group_by(Certificate.enrollment_id)
    )


def certified(at: datetime) -> CTE:
    """The trainings by which somebody is certified at a moment: a certificate counts, and ICE's list names the officer (R-15)."""
    listed = named(at).cte("listed")
    return (
        select(
            Certificate.enrollment_id,
            Certificate.officer_id,
            Certificate.agency_id,
            CourseRevision.program_model.label("model"),
            Certificate.number,
            listed.c.since,
        )
        .join(listed, listed.c.enrollment_id == Certificate.enrollment_id)
        .join(CourseRevision, CourseRevision.hash == Certificate.course_hash)
        .where(counts(at))
        .cte("certified")
    )


def authority(at: datetime) -> CTE:
    """Authority that has begun and not ended, with whether it is in force: what is suspended or dormant is not."""
    agreement = aliased(Agreement)
    return (
        select(
            Authorization.id,
            Authorization.number,
            Authorization.officer_id,
            Authorization.agency_id,
            Certificate.enrollment_id,
            agreement.model,
            Authorization.starts_at.label("since"),
            Authorization.ends_at,
            case((is_active(at), 1), else_=0).label("in_force"),
        )
        .join(Certificate, Certificate.id == Authorization.certificate_id)
        .join(agreement, agreement.id == Authorization.agreement_id)
        .where(Authorization.starts_at <= at, not_(has_ended(at)))
        .cte("authority")
    )


def agreement_states(at: datetime) -> CTE:
    """The state of every agreement at a moment."""
    newest = (
        select(AgreementMove.agreement_id, func.max(AgreementMove.number).label("number"))
        .where(AgreementMove.effective_at <= at)
        .group_by(AgreementMove.agreement_id)
        .subquery()
    )
    here = and_(AgreementMove.agreement_id == newest.c.agreement_id, AgreementMove.number == newest.c.number)
    return select(AgreementMove.agreement_id, AgreementMove.to_state.label("state")).join(newest, here).cte("agreement_states")


def narrowed(asked: Asked, *, model: SQLColumnExpression[str]) -> list[ColumnElement[bool]]:
    """The filters of a report over rows that join Agency."""
    found: list[ColumnElement[bool]] = []
    if asked.state:
        found.append(Agency.state == asked.state)
    if asked.model:
        found.append(model == asked.model)
    if asked.agency:
        found.append(func.lower(Agency.name).contains(asked.agency.lower(), autoescape=True))
    return found
