"""What each role may do, as data. Pure: the pages, the services and the tests all read this one map."""

from enum import StrEnum


class Role(StrEnum):
    """A capacity in which a person acts, granted from one moment to another."""

    ADMINISTRATOR = "administrator"
    PROGRAM_OFFICER = "program officer"
    SUPERVISOR = "supervisor"
    INSTRUCTOR = "instructor"
    PROCTOR = "proctor"
    CERTIFIER = "certifier"
    VERIFIER = "verifier"
    COORDINATOR = "coordinator"
    OFFICER = "officer"


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    AGENCY_MANAGE = "create agencies and see all of them"
    PERSON_INVITE = "invite people, give and end roles, and help people with their accounts"
    CLASS_READ = "see classes, their rosters, timetables, attendance and summaries"
    CLASS_MANAGE = "open, plan and cancel classes, enroll and withdraw officers"
    BANK_ACKNOWLEDGE = "accept that a class is examined on a public question bank"
    ATTENDANCE_RECORD = "record attendance in classes and make-up hours"
    PRACTICAL_RATE = "rate officers in practical exercises"
    MARK_ENTER = "enter the pass mark that ICE has set for an exam"
    LESSON_WRITE = "write and publish lessons"
    EXAM_ADMIT = "admit officers to an exam after checking identity"
    EXAM_MARK = "mark written answers of exams, without knowing whose they are"
    SITTING_MANAGE = "plan sittings, name their proctors and set accommodations"
    CHALLENGE_DECIDE = "decide on challenges of exam questions"
    APPEAL_MAKE = "appeal outcomes of exams for officers of one's own agency"
    EXAM_REVIEW = "read what happened in sittings, and confirm acts that change the outcome of an exam"
    EXAM_RULE = "decide on appeals, have exams scored again, and take out the evidence of an exam"
    CERTIFICATE_ISSUE = "issue certificates of training"
    CERTIFICATE_REVOKE = "suspend, correct and revoke certificates"
    CERTIFICATION_LIST = "name in writing to ICE who passed the training"
    AUTHORIZATION_MANAGE = "authorize officers, and suspend and withdraw their authority"
    AUTHORIZATION_READ = "ask whether an officer was certified and authorized at a moment"
    COMPLAINT_MANAGE = "record complaints and what becomes of them"
    COMPLAINT_REPORT = "report complaints about officers of one's own agency"
    AGENCY_READ = "see the officers of an agency: one's own, or all with the right to manage them"
    COURSE_TAKE = "take a course and sit its exam"
    AUDIT_READ = "read the audit trail"
    AGREEMENT_MANAGE = "keep letters of interest and agreements"
    NOMINATION_MAKE = "nominate officers of one's own agency"
    NOMINATION_DECIDE = "screen nominees and decide on nominations"
    INFLUX_MANAGE = "record and confirm declarations of a mass influx, activate agreements, order abbreviations and waivers"
    REPORT_READ = "read the program's reports"
    NOTICE_READ = "read which notices were sent"
    RETENTION_MANAGE = "set holds and dispose of records by the schedule"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.AGENCY_MANAGE,
            Permission.AGENCY_READ,
            Permission.PERSON_INVITE,
            Permission.CLASS_READ,
            Permission.CLASS_MANAGE,
            Permission.SITTING_MANAGE,
            Permission.BANK_ACKNOWLEDGE,
            Permission.MARK_ENTER,
            Permission.AUDIT_READ,
            Permission.REPORT_READ,
            Permission.NOTICE_READ,
            Permission.RETENTION_MANAGE,
        }
    ),
    Role.PROGRAM_OFFICER: frozenset(
        {
            Permission.AGENCY_MANAGE,
            Permission.AGENCY_READ,
            Permission.AGREEMENT_MANAGE,
            Permission.NOMINATION_DECIDE,
            Permission.CLASS_READ,
            Permission.CLASS_MANAGE,
            Permission.SITTING_MANAGE,
            Permission.MARK_ENTER,
            Permission.INFLUX_MANAGE,
            Permission.CHALLENGE_DECIDE,
            Permission.EXAM_REVIEW,
            Permission.EXAM_RULE,
            Permission.COMPLAINT_MANAGE,
            Permission.AUTHORIZATION_READ,
            Permission.REPORT_READ,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {Permission.AUTHORIZATION_MANAGE, Permission.AUTHORIZATION_READ, Permission.COMPLAINT_MANAGE, Permission.REPORT_READ}
    ),
    Role.INSTRUCTOR: frozenset(
        {
            Permission.LESSON_WRITE,
            Permission.CLASS_READ,
            Permission.ATTENDANCE_RECORD,
            Permission.PRACTICAL_RATE,
            Permission.EXAM_MARK,
            Permission.CHALLENGE_DECIDE,
        }
    ),
    Role.PROCTOR: frozenset({Permission.EXAM_ADMIT, Permission.EXAM_REVIEW}),
    Role.CERTIFIER: frozenset(
        {
            Permission.CERTIFICATE_ISSUE,
            Permission.CERTIFICATE_REVOKE,
            Permission.CERTIFICATION_LIST,
            Permission.AUTHORIZATION_READ,
            Permission.EXAM_MARK,
        }
    ),
    Role.VERIFIER: frozenset({Permission.AUTHORIZATION_READ}),
    Role.COORDINATOR: frozenset({Permission.AGENCY_READ, Permission.NOMINATION_MAKE, Permission.COMPLAINT_REPORT, Permission.APPEAL_MAKE}),
    Role.OFFICER: frozenset({Permission.COURSE_TAKE}),
}

AGENCY_ROLES = frozenset({Role.COORDINATOR, Role.OFFICER})
"""Roles that are held in one agency; the others are held in the program as a whole."""

STAFF_ROLES = frozenset(Role) - {Role.OFFICER}
"""Roles whose holders act on others' records: each needs a second factor, and a second person to be given.

Coordinators are among them: they nominate officers and see the records of an agency.
"""


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    """Everything that holding all of `roles` allows."""
    return frozenset[Permission]().union(*(ROLE_PERMISSIONS[role] for role in roles))
