"""Every route as data: whose things its address names, and what a form must carry to be taken."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from werkzeug.routing import Rule

from lms.accounts.permissions import Permission
from lms.certificates.rules import RevocationReason
from lms.web.guard import PUBLIC, SIGNED_IN
from tests.support.route_kinds import Route, Scope, form
from tests.support.sitting_routes import CONSOLE_ROUTES, RULING_ROUTES, SITTING_ROUTES
from tests.support.town import CEDAR_FALLS, NOBODY, NOWHERE, PALMETTO, Things, Town, declared, methods_of

FORM_ID = str(UUID(int=7))
PASSWORD_AFTER = "seven herons over the estuary"


CHOICE = form(choice="", revision="0", key="a-key", flagged="1", go="2")
NOTE = "The officer asked for it."
PASSWORDS = form(password=PASSWORD_AFTER, again=PASSWORD_AFTER)
WELCOME = PASSWORDS | form(name="Zora Beckett")
LESSON = form(source="A text.", based_on="{based_on}", seen="{draft}")
DAYS = form(
    starts_on="2026-12-01", ends_on="2026-12-31", time_zone="America/New_York", mode="online", state="", capacity="24", day_starts="08:00"
)
BY_FULL_CLASS = form(offering_id="full_class_id")
BY_HELD = form(offering_id="held_offering_id", exam_id="held_exam_id")
BY_FAILED = form(attempt_id="failed_attempt_id")
BY_PRACTICE = form(offering_id="practice_offering")
RATING = {"mark-C1": "met", "mark-C2": "partly met", "mark-C3": "met", "held_on": "2026-11-20"}
BY_LINK = form(secret="password_secret")
BY_PROPOSAL = form(proposal_id="role_proposal_id")
BY_INFLUX = form(agreement_id="influx_id")
SIGNED = form(issuing_office="Office of the Demonstration", instrument="Finding", citation="Demonstration 1", form_id=FORM_ID)
INSTRUMENT = SIGNED | form(signed_on="2026-11-19", effective_on="2026-11-20")
SPAN = form(begins_on="2026-11-20", ends_on="2026-12-20")
LETTER = form(
    agreement="{own_agreement_id}",
    functions="arrest-warrants",
    whole_state="y",
    starts_on="2026-11-22",
    position="Supervisory Detention and Deportation Officer",
    supervisor="Marcus Hale",
    phone="555-0142",
    email="marcus.hale@example.gov",
    field_office="Atlanta",
)
COMPLAINT = form(on="2026-11-22", at="06:30", source="ICE", summary="Rude at the counter")
NOMINEE = form(
    name="Bo Lee",
    email="bo.lee@example.gov",
    sworn_on="2020-03-01",
    test_us_citizen="yes",
    consent_by="Sheriff Ana Ortiz",
    consent_on="2026-11-01",
)
FILE_OF_NOMINEES = (
    "name,email,sworn_on,consent_by,consent_on,us-citizen\nCy Diaz,cy.diaz@example.gov,2020-03-01,Sheriff Ana Ortiz,2026-11-01,yes\n"
)

ROUTES: dict[str, Route] = {
    **SITTING_ROUTES,
    **RULING_ROUTES,
    **CONSOLE_ROUTES,
    "home.first_page": Route(Scope.NONE),
    "health.healthz": Route(Scope.NONE),
    # Accounts
    "accounts.account": Route(Scope.NONE),
    "accounts.change_password": Route(Scope.NONE, PASSWORDS | form(current="not the current one")),
    "accounts.end_session": Route(Scope.SESSION),
    "accounts.privacy": Route(Scope.NONE),
    "accounts.read_privacy": Route(Scope.NONE, form(next="/")),
    "accounts.sign_in": Route(Scope.NONE),
    "accounts.sign_out": Route(Scope.NONE),
    "accounts.signing_in": Route(Scope.NONE, form(email="nobody@example.gov", password="not a password", next="/")),
    "second_step.second_step": Route(Scope.NONE),
    "second_step.prove": Route(Scope.NONE, form(code="123456", next="/")),
    "second_step.passkey_question": Route(Scope.NONE, as_json=True),
    "factors.factors": Route(Scope.NONE),
    "factors.new_code_app": Route(Scope.NONE),
    "factors.add_code_app": Route(Scope.NONE, form(name="My phone", code="123456", sealed="none")),
    "factors.new_passkey": Route(Scope.NONE),
    "factors.passkey_question": Route(Scope.NONE, as_json=True),
    "factors.add_passkey": Route(Scope.NONE, form(name="My laptop", answer="{{}}")),
    "factors.remove": Route(Scope.FACTOR),
    "factors.renew_recovery_codes": Route(Scope.NONE),
    "permissions.permissions": Route(Scope.NONE),
    "people.factor_reset": Route(Scope.PROGRAM),
    "people.reset_factors": Route(Scope.PROGRAM, form(reason=NOTE)),
    "people.disabling": Route(Scope.PROGRAM),
    "people.disable": Route(Scope.PROGRAM, form(reason=NOTE)),
    "people.enable": Route(Scope.PROGRAM),
    "password_links.new_password_link": Route(Scope.PROGRAM),
    "password_links.make_password_link": Route(Scope.PROGRAM, form(form_id=FORM_ID)),
    "password_links.password_link": Route(Scope.LINK, named=BY_LINK),
    "password_links.set_password": Route(Scope.LINK, PASSWORDS, named=BY_LINK),
    # Notices
    "notices.notices": Route(Scope.NONE),
    "notices.notice": Route(Scope.PROGRAM),
    "notices.wordings": Route(Scope.NONE),
    "notices.own": Route(Scope.NONE),
    "notices.own_notice": Route(Scope.OFFICER),
    # Keeping records
    "retention.records": Route(Scope.NONE),
    "retention.schedule": Route(Scope.PROGRAM),
    "retention.set_schedule": Route(Scope.PROGRAM, form(years="3", authority="Schedule 4, item 2")),
    "retention.new_hold": Route(Scope.NONE),
    "retention.hold": Route(Scope.NONE, form(record_class="notices", reason=NOTE)),
    "retention.lifting": Route(Scope.PROGRAM),
    "retention.lift": Route(Scope.PROGRAM, form(reason=NOTE)),
    "retention.disposal": Route(Scope.PROGRAM),
    "retention.propose": Route(Scope.PROGRAM, form(reason=NOTE)),
    "retention.confirm": Route(Scope.PROGRAM),
    "retention.decline": Route(Scope.PROGRAM),
    "retention.own": Route(Scope.NONE),
    # Agencies and people
    "agencies.agencies": Route(Scope.NONE),
    "agencies.new_agency": Route(Scope.NONE),
    "agencies.create_agency": Route(Scope.NONE, form(name="Bay County", kind="sheriff", state="FL", time_zone="America/New_York")),
    "agencies.agency": Route(Scope.AGENCY),
    "agencies.transfer": Route(Scope.PROGRAM),
    "agencies.move_officer": Route(Scope.PROGRAM, form(to="{elsewhere}", reason=NOTE)),
    "agencies.people": Route(Scope.NONE),
    "agencies.new_invitation": Route(Scope.NONE),
    "agencies.invite": Route(
        Scope.NONE, form(name="Noor Haddad", email="noor@example.gov", role="officer", agency="{agency_id}", form_id=FORM_ID)
    ),
    "agencies.withdraw_invitation": Route(Scope.PROGRAM),
    "agencies.ending_of_grant": Route(Scope.PROGRAM),
    "agencies.end_grant": Route(Scope.PROGRAM, form(reason=NOTE)),
    "roles.person": Route(Scope.PROGRAM),
    "roles.new_role": Route(Scope.PROGRAM),
    "roles.propose": Route(Scope.PROGRAM, form(role="proctor", agency="", form_id=FORM_ID)),
    "roles.confirm": Route(Scope.PROGRAM, named=BY_PROPOSAL),
    "roles.decline": Route(Scope.PROGRAM, named=BY_PROPOSAL),
    "roles.confirm_invitation": Route(Scope.PROGRAM, named=form(invitation_id="staff_invitation_id")),
    "agencies.invitation": Route(Scope.OFFERED),
    "agencies.take_up": Route(Scope.OFFERED, WELCOME),
    # Agreements and nominations
    "agreements.rule_sets": Route(Scope.NONE),
    "agreements.agreements": Route(Scope.AGENCY),
    "agreements.new_letter": Route(Scope.PROGRAM),
    "agreements.record_letter": Route(Scope.PROGRAM, form(models="TFM", signed_by="Sheriff Ana Ortiz", dated_on="2026-11-02")),
    "agreements.new_agreement": Route(Scope.PROGRAM),
    "agreements.draft_agreement": Route(
        Scope.PROGRAM, form(rule_set="wso-2025", component="ICE", functions="arrest-warrants", dated_on="2026-11-20", form_id=FORM_ID)
    ),
    "agreements.agreement": Route(Scope.AGENCY),
    "agreements.new_move": Route(Scope.PROGRAM),
    "agreements.move_agreement": Route(Scope.PROGRAM, form(to="suspended", on="2026-11-21", reason=NOTE)),
    "agreements.terms": Route(Scope.PROGRAM, named=BY_INFLUX),
    "agreements.record_terms": Route(Scope.PROGRAM, {"term-v": "Section 4"}, named=BY_INFLUX),
    "agreements.add_document": Route(Scope.PROGRAM, form(title="Signed agreement")),
    "agreements.document": Route(Scope.AGENCY),
    "nominations.waiting": Route(Scope.NONE),
    "nominations.nominations": Route(Scope.AGENCY),
    "nominations.new_nomination": Route(Scope.AGENCY),
    "nominations.nominate": Route(Scope.AGENCY, NOMINEE),
    "nominations.new_file": Route(Scope.AGENCY),
    "nominations.check_file": Route(Scope.AGENCY),
    "nominations.take_in": Route(Scope.AGENCY, form(text=FILE_OF_NOMINEES)),
    "nominations.withdraw_file": Route(Scope.AGENCY),
    "nominations.nomination": Route(Scope.AGENCY),
    "nominations.withdraw": Route(Scope.AGENCY, {"w-reason": NOTE}),
    "nominations.screen": Route(Scope.PROGRAM, form(test="background", result="met", note=NOTE)),
    "nominations.decide": Route(Scope.PROGRAM, form(outcome="approved", reason=NOTE)),
    "nominations.add_evidence": Route(Scope.AGENCY, form(title="Consent")),
    "nominations.invite": Route(Scope.PROGRAM, form(form_id=FORM_ID), named=form(nomination_id="approved_id")),
    "places.places": Route(Scope.PROGRAM),
    "places.keep_places": Route(Scope.PROGRAM, form(words="")),
    # Mass influx
    "influx.declarations": Route(Scope.NONE),
    "influx.new_declaration": Route(Scope.NONE),
    "influx.declare": Route(
        Scope.NONE,
        INSTRUMENT | SPAN | form(title="Another influx", grounds="d", time_zone="America/New_York", states="FL"),
    ),
    "influx.declaration": Route(Scope.PROGRAM),
    "influx.new_act": Route(Scope.PROGRAM),
    "influx.record_act": Route(Scope.PROGRAM, INSTRUMENT | form(published_on="2026-11-21")),
    "influx.confirm": Route(Scope.PROGRAM),
    "activations.activation": Route(Scope.PROGRAM),
    "activations.activate": Route(
        Scope.PROGRAM, form(which="all", told_on="2026-11-22", told_at="06:00", how="By telephone", whom="The sheriff on duty")
    ),
    "activations.debts": Route(Scope.PROGRAM),
    "activations.after_action": Route(Scope.PROGRAM),
    "orders.orders": Route(Scope.PROGRAM),
    "orders.new_order": Route(Scope.PROGRAM),
    "orders.order": Route(
        Scope.PROGRAM,
        SIGNED
        | form(decider="Dana Fictional", office="Office of the Demonstration", necessities="public safety", available="4")
        | form(needed="40", finding="Arrivals doubled.", ends_on="2026-12-10"),
    ),
    "orders.detail": Route(Scope.PROGRAM),
    "orders.confirm": Route(Scope.PROGRAM, named=form(order_id="waiting_order_id")),
    "orders.extend": Route(
        Scope.PROGRAM, {"x-ends_on": "2026-12-15", "x-decider": "Dana Fictional", "x-office": "Demonstration", "x-reason": NOTE}
    ),
    "orders.confirm_extension": Route(Scope.PROGRAM),
    "orders.put_on_track": Route(Scope.PROGRAM, form(offering="{short_id}", officers="{officer_id}")),
    "orders.take_up_whole": Route(Scope.PROGRAM, form(whole="{whole_id}", officers="{officer_id}")),
    "orders.acknowledgment": Route(Scope.OFFICER, named=form(order_id="own_order_id")),
    "orders.acknowledge": Route(Scope.OFFICER, named=form(order_id="own_order_id")),
    # Classes and lessons
    "enrollments.offerings": Route(Scope.NONE),
    "enrollments.new_offering": Route(Scope.NONE),
    "enrollments.open_offering": Route(Scope.NONE, DAYS | form(course="{course_hash}", title="A new class")),
    "enrollments.offering": Route(Scope.PROGRAM),
    "enrollments.plans": Route(Scope.PROGRAM),
    "enrollments.new_plan": Route(Scope.PROGRAM),
    "enrollments.change_plan": Route(Scope.PROGRAM, DAYS | form(title="Another name", based_on="1", capacity="400", reason=NOTE)),
    "enrollments.cancellation": Route(Scope.PROGRAM),
    "enrollments.cancel": Route(Scope.PROGRAM, form(reason=NOTE)),
    "enrolling.new_enrollments": Route(Scope.PROGRAM),
    "enrolling.enroll": Route(Scope.PROGRAM, form(nominations="{recruit_nomination}")),
    "enrolling.move_up": Route(Scope.PROGRAM, named=BY_FULL_CLASS),
    "enrolling.leave_waiting_list": Route(Scope.PROGRAM, form(reason=NOTE), named=BY_FULL_CLASS),
    "enrolling.withdrawal": Route(Scope.PROGRAM),
    "enrolling.withdraw": Route(Scope.PROGRAM, form(asked_by="the agency", reason=NOTE)),
    "timetable.timetable": Route(Scope.PROGRAM),
    "timetable.day": Route(Scope.PROGRAM),
    "timetable.set_day": Route(Scope.PROGRAM, form(held_on="2026-11-10", starts="09:30", room="Room 4")),
    "timetable.own": Route(Scope.OFFICER),
    "attendance.attendance": Route(Scope.PROGRAM),
    "attendance.sheet": Route(Scope.PROGRAM),
    "attendance.record_day": Route(Scope.PROGRAM, {"mark-{enrollment_id}": "present"}),
    "attendance.new_make_up": Route(Scope.PROGRAM),
    "attendance.make_up": Route(Scope.PROGRAM, form(minutes="30", what="One-to-one instruction", held_on="2026-11-20")),
    "attendance.annulment": Route(Scope.PROGRAM),
    "attendance.annul_make_up": Route(Scope.PROGRAM, form(reason=NOTE)),
    "rosters.summary": Route(Scope.PROGRAM),
    "rosters.export": Route(Scope.PROGRAM),
    "rosters.training": Route(Scope.AGENCY),
    "rosters.export_training": Route(Scope.AGENCY),
    "rosters.revision": Route(Scope.PROGRAM),
    "rosters.move": Route(Scope.PROGRAM, form(course="{course_hash}", reason=NOTE)),
    "rosters.lesson_difference": Route(Scope.PROGRAM),
    "enrollments.acknowledge_public_bank": Route(Scope.PROGRAM),
    "lessons.course": Route(Scope.OFFICER),
    "lessons.lesson": Route(Scope.OFFICER),
    "lessons.beat": Route(Scope.OFFICER, form(elapsed="30")),
    "lessons.answer": Route(Scope.OFFICER, form(choice="a", elapsed="30")),
    "lessons.complete": Route(Scope.OFFICER, form(elapsed="30")),
    "lessons.practical": Route(Scope.OFFICER, named=form(enrollment_id="practice_id")),
    # Practical exercises
    "practicals.grid": Route(Scope.PROGRAM, named=BY_PRACTICE),
    "practicals.record": Route(Scope.PROGRAM, named=form(enrollment_id="practice_id")),
    "practicals.rating": Route(Scope.PROGRAM, named=form(enrollment_id="practice_id")),
    "practicals.rate": Route(Scope.PROGRAM, RATING, named=form(enrollment_id="practice_id")),
    "practicals.decision": Route(Scope.PROGRAM, named=form(enrollment_id="differing_id")),
    "practicals.decide": Route(Scope.PROGRAM, form(passed="yes", reason=NOTE), named=form(enrollment_id="differing_id")),
    "practicals.repeat": Route(Scope.PROGRAM, named=form(enrollment_id="failed_id")),
    "practicals.open_repeat": Route(Scope.PROGRAM, form(remediation=NOTE), named=form(enrollment_id="failed_id")),
    "practicals.alarm": Route(Scope.PROGRAM, named=BY_PRACTICE),
    "practicals.answer_alarm": Route(Scope.PROGRAM, form(what=NOTE), named=BY_PRACTICE),
    "practicals.own": Route(Scope.OFFICER, named=form(enrollment_id="practice_id")),
    "courses.lessons": Route(Scope.NONE),
    "courses.edit": Route(Scope.PROGRAM),
    "courses.preview": Route(Scope.PROGRAM, LESSON),
    "courses.save_draft": Route(Scope.PROGRAM, LESSON | form(then="publication")),
    "courses.publication": Route(Scope.PROGRAM),
    "courses.publish": Route(Scope.PROGRAM, form(draft="{draft}", note=NOTE)),
    "course_pages.courses": Route(Scope.NONE),
    "course_pages.course": Route(Scope.PROGRAM),
    "course_pages.enter_pass_mark": Route(Scope.PROGRAM, form(percent="70", source="Letter of ICE", set_on="2026-11-20")),
    "course_pages.lesson": Route(Scope.PROGRAM),
    "course_pages.practical": Route(Scope.PROGRAM),
    "currency.currency": Route(Scope.NONE),
    "currency.fact": Route(Scope.PROGRAM),
    # Exams
    "exams.exam": Route(Scope.OFFICER),
    "exams.going_on": Route(Scope.OFFICER),
    "exam_page.paper": Route(Scope.OFFICER, as_json=True),
    "exam_page.views": Route(Scope.OFFICER, form(position="1"), as_json=True),
    "receipts.receipt": Route(Scope.OFFICER),
    "receipts.download": Route(Scope.OFFICER),
    "receipts.checking": Route(Scope.NONE),
    "receipts.check": Route(Scope.NONE, form(text="No receipt")),
    "exams.start": Route(Scope.OFFICER, form(rules_read="y", code="ABCDEFGH")),
    "exams.question": Route(Scope.OFFICER, writes_on_reading=True),
    "exams.answer": Route(Scope.OFFICER, CHOICE),
    "exams.review": Route(Scope.OFFICER),
    "exams.submission": Route(Scope.OFFICER),
    "exams.result": Route(Scope.OFFICER),
    "pulse.beat": Route(Scope.OFFICER, as_json=True),
    "pulse.signal": Route(Scope.OFFICER, form(kind="left-page"), as_json=True),
    "pulse.acknowledge": Route(Scope.OFFICER, as_json=True),
    "remediation.reviews": Route(Scope.PROGRAM, named=BY_FAILED),
    "remediation.record": Route(
        Scope.PROGRAM, form(reviewed="The two powers, at the desk", minutes="30", held_on="2026-11-22"), named=BY_FAILED
    ),
    "question_statistics.banks": Route(Scope.NONE),
    "question_statistics.bank": Route(Scope.PROGRAM),
    "question_statistics.question": Route(Scope.PROGRAM),
    "question_statistics.show": Route(Scope.PROGRAM),
    "security.agreement": Route(Scope.NONE),
    "security.sign": Route(Scope.NONE, form(promised="y", next="/")),
    "grading.desk": Route(Scope.NONE),
    "grading.take": Route(Scope.NONE),
    "grading.turn": Route(Scope.TURN),
    "grading.mark": Route(Scope.TURN, {"points-apart": "2", "points-step": "1", "comment": NOTE}),
    "grading.held": Route(Scope.NONE),
    "grading.release": Route(Scope.PROGRAM, named=BY_HELD),
    "grading.set_release": Route(Scope.PROGRAM, form(released_on="2026-12-01", reason=NOTE), named=BY_HELD),
    "proctoring.room": Route(Scope.NONE),
    "proctoring.admission": Route(Scope.PROGRAM),
    "proctoring.admit": Route(Scope.PROGRAM, form(checked="y", document="Passport")),
    # Certificates and verification
    "certificates.queue": Route(Scope.NONE),
    "certificates.issue": Route(Scope.NONE, form(officers="{enrollment_id}")),
    "certificates.certificate": Route(Scope.CERTIFICATE),
    "certificates.paper": Route(Scope.PAPER),
    "certificates.mine": Route(Scope.NONE),
    "certificates.revoke": Route(Scope.PROGRAM, {"revocation-reason": RevocationReason.RECORD.value, "revocation-note": NOTE}),
    "certificates.suspend": Route(Scope.PROGRAM, {"suspension-note": NOTE}),
    "certificates.lift": Route(Scope.PROGRAM, {"ending-note": NOTE}),
    "certificates.correct": Route(Scope.PROGRAM, {"correction-name": "Dana M. Rivera", "correction-note": NOTE}),
    "verification.verify": Route(Scope.NONE),
    "verification.check": Route(Scope.NONE, form(number="{number}", name="Dana Rivera")),
    "verification.number": Route(Scope.LINK),
    "verification.paper": Route(Scope.NONE),
    "verification_api.certificate": Route(Scope.LINK, as_json=True),
    "verification_api.document": Route(Scope.NONE, as_json=True),
    # Certification, authorization and what becomes of it
    "certifications.certifications": Route(Scope.NONE),
    "certifications.certify": Route(
        Scope.NONE,
        form(certificates="{certificate_id}", official="Dana Whitcomb", position="Director", dated_on="2026-11-22", form_id=FORM_ID),
    ),
    "certifications.certification": Route(Scope.PROGRAM),
    "certifications.export": Route(Scope.PROGRAM),
    "certifications.paper": Route(Scope.PROGRAM),
    "certifications.strike": Route(Scope.PROGRAM, form(reason=NOTE)),
    "authorizations.authorizations": Route(Scope.NONE),
    "authorizations.waiting": Route(Scope.NONE),
    "authorizations.notices": Route(Scope.NONE),
    "authorizations.new_authorization": Route(Scope.PROGRAM),
    "authorizations.authorize": Route(Scope.PROGRAM, LETTER | form(form_id=FORM_ID)),
    "authorizations.authorization": Route(Scope.PROGRAM),
    "authorizations.new_move": Route(Scope.PROGRAM),
    "authorizations.move": Route(Scope.PROGRAM, form(kind="suspension", reason="decision of ICE", note=NOTE)),
    "authorizations.give_notice": Route(Scope.PROGRAM, {"notice-notice": "{due_id}", "notice-note": NOTE}),
    "authorizations.hand_out": Route(
        Scope.PROGRAM, {"receipt-kind": "Credential", "receipt-serial": "C-77", "receipt-issued_on": "2026-11-22"}
    ),
    "authorizations.take_back": Route(Scope.PROGRAM, {"return-receipt": "{property_id}", "return-returned_on": "2026-11-22"}),
    "authorizations.demand": Route(
        Scope.PROGRAM,
        {
            "refresher-kind": "training that ICE asks for beside the plan",
            "refresher-title": "Detainers",
            "refresher-due_on": "2026-12-22",
        },
    ),
    "authorizations.settle": Route(
        Scope.PROGRAM,
        {"settlement-requirement": "{requirement_id}", "settlement-outcome": "completed", "settlement-on": "2026-11-22"},
    ),
    "refreshers.refreshers": Route(Scope.NONE),
    "own_authorization.mine": Route(Scope.NONE),
    "own_authorization.card": Route(Scope.NONE),
    "own_authorization.acknowledge": Route(Scope.OFFICER),
    "own_authorization.letter": Route(Scope.LETTER),
    "complaints.complaints": Route(Scope.NONE),
    "complaints.new_complaint": Route(Scope.PROGRAM),
    "complaints.report": Route(Scope.PROGRAM, COMPLAINT | form(form_id=FORM_ID)),
    "complaints.complaint": Route(Scope.PROGRAM),
    "complaints.give_notice": Route(Scope.PROGRAM, {"notice-notice": "{complaint_due_id}", "notice-note": NOTE}),
    "complaints.resolve": Route(Scope.PROGRAM, {"resolution-outcome": "unfounded", "resolution-on": "2026-11-22", "resolution-note": NOTE}),
    "complaints.of_agency": Route(Scope.AGENCY),
    "complaints.report_own": Route(Scope.AGENCY, COMPLAINT | form(form_id=FORM_ID, officer="{authorization_id}")),
    "answers.question": Route(Scope.NONE),
    "answers.ask": Route(Scope.NONE, form(number="{number}", function="arrest-warrants", state="SC", on="2026-11-22")),
    "answers.receipt": Route(Scope.PROGRAM),
    "answers.ask_by_program": Route(Scope.NONE, as_json=True),
    "answers.answer": Route(Scope.PROGRAM, as_json=True),
    # Reports
    "reports.reports": Route(Scope.NONE),
    "reports.report": Route(Scope.PROGRAM),
    "reports.export": Route(Scope.PROGRAM),
    "reports.as_json": Route(Scope.PROGRAM),
    # The audit trail
    "trail.entries": Route(Scope.NONE),
    "trail.entry": Route(Scope.PROGRAM),
    "trail.export": Route(Scope.NONE),
}
"""To add a route, name its endpoint here with the scope of what it serves and, for a POST, the form that it takes."""

AUDIENCES: dict[StrEnum, str] = {
    PUBLIC: (
        "accounts.privacy accounts.sign_in accounts.sign_out accounts.signing_in agencies.invitation "
        "agencies.take_up health.healthz home.first_page password_links.password_link password_links.set_password "
        "receipts.check receipts.checking "
        "verification.check verification.number verification.paper verification.verify "
        "verification_api.certificate verification_api.document"
    ),
    SIGNED_IN: (
        "accounts.account accounts.change_password accounts.end_session accounts.read_privacy certificates.certificate certificates.paper "
        "factors.add_code_app factors.add_passkey factors.factors factors.new_code_app factors.new_passkey factors.passkey_question "
        "factors.remove factors.renew_recovery_codes permissions.permissions second_step.passkey_question second_step.prove "
        "second_step.second_step security.agreement security.sign "
        "notices.own notices.own_notice own_authorization.letter retention.own appeals.appeal appeals.make appeals.own"
    ),
    Permission.AGENCY_MANAGE: (
        "agencies.create_agency agencies.move_officer agencies.new_agency agencies.transfer places.keep_places places.places"
    ),
    Permission.AGENCY_READ: (
        "agencies.agencies agencies.agency agreements.agreement agreements.agreements agreements.document agreements.rule_sets "
        "nominations.nomination nominations.nominations rosters.export_training rosters.training"
    ),
    Permission.ATTENDANCE_RECORD: (
        "remediation.record remediation.reviews "
        "attendance.annul_make_up attendance.annulment attendance.make_up attendance.new_make_up attendance.record_day attendance.sheet "
        "course_pages.lesson timetable.day timetable.set_day"
    ),
    Permission.AGREEMENT_MANAGE: (
        "agreements.add_document agreements.draft_agreement agreements.move_agreement agreements.new_agreement agreements.new_letter "
        "agreements.new_move agreements.record_letter agreements.record_terms agreements.terms"
    ),
    Permission.AUDIT_READ: "trail.entries trail.entry trail.export",
    Permission.AUTHORIZATION_MANAGE: (
        "authorizations.authorize authorizations.demand authorizations.give_notice authorizations.hand_out authorizations.move "
        "authorizations.new_authorization authorizations.new_move authorizations.settle authorizations.take_back"
    ),
    Permission.AUTHORIZATION_READ: (
        "answers.answer answers.ask answers.ask_by_program answers.question answers.receipt authorizations.authorization "
        "authorizations.authorizations authorizations.notices authorizations.waiting certifications.certification "
        "certifications.certifications certifications.export certifications.paper refreshers.refreshers"
    ),
    Permission.CERTIFICATION_LIST: "certifications.certify certifications.strike",
    Permission.COMPLAINT_MANAGE: (
        "complaints.complaint complaints.complaints complaints.give_notice complaints.new_complaint complaints.report complaints.resolve"
    ),
    Permission.COMPLAINT_REPORT: "complaints.of_agency complaints.report_own",
    Permission.BANK_ACKNOWLEDGE: "enrollments.acknowledge_public_bank",
    Permission.CERTIFICATE_ISSUE: "certificates.issue certificates.queue",
    Permission.CERTIFICATE_REVOKE: "certificates.correct certificates.lift certificates.revoke certificates.suspend",
    Permission.CLASS_MANAGE: (
        "enrolling.enroll enrolling.leave_waiting_list enrolling.move_up enrolling.new_enrollments enrolling.withdraw "
        "enrolling.withdrawal enrollments.cancel enrollments.cancellation enrollments.change_plan enrollments.new_offering "
        "enrollments.new_plan enrollments.open_offering practicals.alarm practicals.answer_alarm "
        "rosters.lesson_difference rosters.move rosters.revision grading.held grading.release grading.set_release"
    ),
    Permission.CLASS_READ: (
        "attendance.attendance enrollments.offering enrollments.offerings enrollments.plans practicals.grid practicals.open_repeat "
        "practicals.record practicals.repeat rosters.export rosters.summary timetable.timetable"
    ),
    Permission.COURSE_TAKE: (
        "certificates.mine exam_page.paper exam_page.views exams.answer exams.exam exams.going_on exams.question exams.result "
        "exams.review exams.start exams.submission lessons.answer lessons.beat lessons.complete lessons.course lessons.lesson "
        "lessons.practical orders.acknowledge orders.acknowledgment own_authorization.acknowledge own_authorization.card "
        "own_authorization.mine practicals.own pulse.acknowledge pulse.beat pulse.signal receipts.download receipts.receipt timetable.own "
        "challenges.make challenges.own"
    ),
    Permission.CHALLENGE_DECIDE: "challenges.challenge challenges.challenges challenges.decide",
    Permission.APPEAL_MAKE: "appeals.of_agency",
    Permission.EXAM_RULE: (
        "appeals.appeals appeals.move evidence.evidence evidence.take_out regrades.ask regrades.confirm regrades.decline "
        "regrades.question regrades.regrade regrades.regrades"
    ),
    Permission.EXAM_MARK: "grading.desk grading.mark grading.take grading.turn",
    Permission.EXAM_ADMIT: (
        "closings.close closings.closing_page console.act console.console console.new_act console.room door.check_identity "
        "door.door door.issue door.issue_all door.officer door.revoke incidents.note incidents.of_sitting incidents.rule "
        "incidents.ruling proctoring.admission proctoring.admit proctoring.room"
    ),
    Permission.EXAM_REVIEW: (
        "closings.report requests.ask requests.confirm requests.decline requests.detail requests.new_request requests.requests "
        "requests.timeline sitting_reports.paper"
    ),
    Permission.SITTING_MANAGE: (
        "accommodations.accommodations accommodations.end accommodations.ending accommodations.grant accommodations.of_officer "
        "readiness.draw_papers readiness.readiness sitting_people.end_proctor sitting_people.name sitting_people.new_officers "
        "sitting_people.new_proctor sitting_people.place sitting_people.proctor_ending sitting_people.removal sitting_people.remove "
        "sittings.cancel sittings.cancellation sittings.change_plan sittings.new_plan sittings.new_sitting sittings.plan_sitting "
        "sittings.sitting sittings.sittings"
    ),
    Permission.INFLUX_MANAGE: (
        "activations.activate activations.activation activations.after_action activations.debts influx.confirm influx.declaration "
        "influx.declarations influx.declare influx.new_act influx.new_declaration influx.record_act orders.confirm "
        "orders.confirm_extension orders.detail orders.extend orders.new_order orders.order orders.orders orders.put_on_track "
        "orders.take_up_whole"
    ),
    Permission.LESSON_WRITE: (
        "courses.edit courses.lessons courses.preview courses.publication courses.publish courses.save_draft "
        "currency.currency currency.fact question_statistics.bank question_statistics.banks question_statistics.question "
        "question_statistics.show"
    ),
    Permission.MARK_ENTER: "course_pages.course course_pages.courses course_pages.enter_pass_mark",
    Permission.PRACTICAL_RATE: "course_pages.practical practicals.decide practicals.decision practicals.rate practicals.rating",
    Permission.NOMINATION_DECIDE: "nominations.decide nominations.invite nominations.screen nominations.waiting",
    Permission.NOMINATION_MAKE: (
        "nominations.add_evidence nominations.check_file nominations.new_file nominations.new_nomination nominations.nominate "
        "nominations.take_in nominations.withdraw nominations.withdraw_file"
    ),
    Permission.NOTICE_READ: "notices.notice notices.notices notices.wordings",
    Permission.PERSON_INVITE: (
        "agencies.end_grant agencies.ending_of_grant agencies.invite agencies.new_invitation agencies.people "
        "agencies.withdraw_invitation password_links.make_password_link password_links.new_password_link people.disable people.disabling "
        "people.enable people.factor_reset people.reset_factors roles.confirm roles.confirm_invitation roles.decline roles.new_role "
        "roles.person roles.propose"
    ),
    Permission.REPORT_READ: "reports.as_json reports.export reports.report reports.reports",
    Permission.RETENTION_MANAGE: (
        "retention.confirm retention.decline retention.disposal retention.hold retention.lift retention.lifting retention.new_hold "
        "retention.propose retention.records retention.schedule retention.set_schedule"
    ),
}
"""Who may call each route, said a second time: whoever opens a route to more people says so here too."""

_OFFICERS_AND_COORDINATORS = {
    "officer": frozenset({PALMETTO}),
    "outsider": frozenset({CEDAR_FALLS}),
    "coordinator": frozenset({PALMETTO}),
    "outsider_coordinator": frozenset({CEDAR_FALLS}),
}
ROLE_SEES: dict[Scope, dict[str, frozenset[str]]] = {
    Scope.OFFICER: {"officer": frozenset({PALMETTO}), "outsider": frozenset({CEDAR_FALLS})},
    Scope.FACTOR: {"coordinator": frozenset({PALMETTO}), "outsider_coordinator": frozenset({CEDAR_FALLS})},
    Scope.TURN: {"instructor": frozenset({PALMETTO, CEDAR_FALLS})},
    Scope.SESSION: {"officer": frozenset({PALMETTO}), "outsider": frozenset({CEDAR_FALLS})},
    Scope.AGENCY: {"coordinator": frozenset({PALMETTO}), "outsider_coordinator": frozenset({CEDAR_FALLS})},
    Scope.PAPER: {"officer": frozenset({PALMETTO}), "outsider": frozenset({CEDAR_FALLS})},
    Scope.OUTCOME: _OFFICERS_AND_COORDINATORS,
    Scope.APPEAL: _OFFICERS_AND_COORDINATORS,
    Scope.LETTER: _OFFICERS_AND_COORDINATORS,
    Scope.CERTIFICATE: _OFFICERS_AND_COORDINATORS,
}
"""For scopes that have owners: which side's things a person is served."""
SEES_ALL = {
    Scope.AGENCY: Permission.AGENCY_MANAGE,
    Scope.CERTIFICATE: Permission.CERTIFICATE_ISSUE,
    Scope.PAPER: Permission.CERTIFICATE_ISSUE,
    Scope.LETTER: Permission.AUTHORIZATION_READ,
    Scope.APPEAL: Permission.EXAM_RULE,
}
"""For scopes that have owners: the permission with which one is served everybody's."""
EVERYBODYS = frozenset({PALMETTO, CEDAR_FALLS})


def sides_served(town: Town, scope: Scope, who: str) -> frozenset[str]:
    """The sides whose things a person who may call a route of `scope` is served."""
    if scope not in ROLE_SEES:
        return EVERYBODYS
    if who != NOBODY and scope in SEES_ALL and town.people[who].identity.may(SEES_ALL[scope]):
        return EVERYBODYS
    return ROLE_SEES[scope].get(who, frozenset())


def sides_of(rule: Rule) -> tuple[str, ...]:
    """The sides that an address of the route can name: one where it names nothing."""
    return (PALMETTO, CEDAR_FALLS, NOWHERE) if rule.arguments else (PALMETTO,)


def address_of(town: Town, rule: Rule, side: str) -> str:
    """The address of a route about the things of a side."""
    named = {part: town.things[side][thing] for part, thing in ROUTES[rule.endpoint].named.items()}
    return town.address(rule.endpoint, side, **named)


def form_of(route: Route, things: Things) -> dict[str, str]:
    """The form that a route takes, filled with the things of a side."""
    return {name.format(**things): value.format(**things) for name, value in route.sent.items()}


def endpoints(town: Town, method: str) -> list[Rule]:
    """The routes that answer `method`, in the order of their addresses."""
    return sorted((rule for rule in town.app.url_map.iter_rules() if method in methods_of(rule)), key=lambda rule: rule.rule)


def callers(town: Town, rule: Rule) -> list[str]:
    """Those whose role lets them call a route, the officer first."""
    people = sorted(town.people, key=lambda who: (who != "officer", who))
    needs: Any = declared(town.app, rule)
    return [who for who in people if not isinstance(needs, Permission) or town.people[who].identity.may(needs)]
