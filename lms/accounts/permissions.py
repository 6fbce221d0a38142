"""What each role may do, as data. Pure: the pages, the services and the tests all read this one map."""

from enum import StrEnum


class Role(StrEnum):
    """A capacity in which a person acts, granted from one moment to another."""

    ADMINISTRATOR = "administrator"
    INSTRUCTOR = "instructor"
    PROCTOR = "proctor"
    CERTIFIER = "certifier"
    COORDINATOR = "coordinator"
    OFFICER = "officer"


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    AGENCY_MANAGE = "create agencies and see all of them"
    PERSON_INVITE = "invite a person to a role"
    CLASS_MANAGE = "open classes and enroll officers"
    BANK_ACKNOWLEDGE = "accept that a class is examined on a public question bank"
    LESSON_WRITE = "write and publish lessons"
    EXAM_ADMIT = "admit officers to an exam after checking identity"
    CERTIFICATE_ISSUE = "issue certificates of training"
    CERTIFICATE_REVOKE = "suspend, correct and revoke certificates"
    AGENCY_READ = "see the officers of an agency: one's own, or all with the right to manage them"
    COURSE_TAKE = "take a course and sit its exam"
    AUDIT_READ = "read the audit trail"
    AGREEMENT_MANAGE = "keep letters of interest and agreements"
    NOMINATION_MAKE = "nominate officers of one's own agency"
    NOMINATION_DECIDE = "screen nominees and decide on nominations"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.AGENCY_MANAGE,
            Permission.AGENCY_READ,
            Permission.PERSON_INVITE,
            Permission.CLASS_MANAGE,
            Permission.BANK_ACKNOWLEDGE,
            Permission.AUDIT_READ,
            Permission.AGREEMENT_MANAGE,
            Permission.NOMINATION_DECIDE,
        }
    ),
    Role.INSTRUCTOR: frozenset({Permission.LESSON_WRITE}),
    Role.PROCTOR: frozenset({Permission.EXAM_ADMIT}),
    Role.CERTIFIER: frozenset({Permission.CERTIFICATE_ISSUE, Permission.CERTIFICATE_REVOKE}),
    Role.COORDINATOR: frozenset({Permission.AGENCY_READ, Permission.NOMINATION_MAKE}),
    Role.OFFICER: frozenset({Permission.COURSE_TAKE}),
}

AGENCY_ROLES = frozenset({Role.COORDINATOR, Role.OFFICER})
"""Roles that are held in one agency; the others are held in the program as a whole."""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that holding all of `roles` allows."""
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
