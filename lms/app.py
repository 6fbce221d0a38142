"""The only module that knows every feature: it makes the application and answers web's questions."""

import importlib
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType

from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import lms
from lms.accounts import queries as accounts
from lms.accounts import second_step
from lms.accounts.permissions import Permission
from lms.accounts.rules import Identity
from lms.agencies import queries as agencies
from lms.audit import service as audit
from lms.certificates import queries as certificates
from lms.certificates import signers
from lms.db.blobs import BlobStore, FolderBlobs
from lms.db.session import Database
from lms.enrollments import bank_queries
from lms.enrollments import queries as enrollments
from lms.exams import lockdown
from lms.influx import queries as influx
from lms.kernel.clock import Clock, SystemClock
from lms.kernel.once import secret_in
from lms.practicals import queries as practicals
from lms.settings import Mode, Settings, UnsafeSettings
from lms.web import access_log, assets, errors, headers, health, templating
from lms.web.application import Application
from lms.web.guard import login_manager
from lms.web.site import EXTENSION, Site

LARGEST_REQUEST = 6 * 1024 * 1024
Sweep = Callable[[Site], int]
"""A piece of periodic work, safe to repeat: it opens its own short writing sessions and tells how many things it did."""


def open_site(settings: Settings, *, clock: Clock | None = None, database: Database | None = None, blobs: BlobStore | None = None) -> Site:
    """The parts of the installation that `settings` describes. Creates nothing but connections.

    A clock other than the machine's is for tests. Raises UnsafeSettings where one is given to an installation that others reach.
    """
    clock = clock or SystemClock()
    if settings.mode is Mode.PRODUCTION and not isinstance(clock, SystemClock):
        message = "The site will not start:\n  - A clock that can be moved is for tests: what is signed and recorded tells the real time."
        raise UnsafeSettings(message)

    def standing_notices(session: Session, identity: Identity) -> list[str]:
        drills = influx.standing_notices(session, identity, now=clock.now())
        return [*drills, *bank_queries.standing_notices(session, identity), *key_notices(settings, clock, identity)]

    return Site(
        settings=settings,
        clock=clock,
        database=database or Database(settings.database),
        blobs=blobs or FolderBlobs(settings.data / "papers"),
        identify=accounts.identity_of,
        navigation=navigation,
        footer=FOOTER,
        standing_notices=standing_notices,
        classes_under_way=enrollments.classes_under_way,
        certificates_on=certificates.numbers_in_force,
        class_alarms=practicals.alarm_sentences,
        note_refusal=audit.record_refusal,
        lockdown=lockdown.elsewhere,
        ask_for_proof=second_step.ask,
        agency_names=agencies.names_of,
    )


def key_notices(settings: Settings, clock: Clock, identity: Identity) -> list[str]:
    """What those who run the program are told when the signing keys end soon."""
    if not (identity.may(Permission.AGENCY_MANAGE) or identity.may(Permission.CERTIFICATE_ISSUE)):
        return []
    warning = signers.warning(settings, now=clock.now())
    return [warning] if warning else []


PLACES = (
    ("What may I do?", "own_authorization.mine", Permission.COURSE_TAKE),
    ("My certificates", "certificates.mine", Permission.COURSE_TAKE),
    ("Agencies", "agencies.agencies", Permission.AGENCY_MANAGE),
    ("My agency", "agencies.agencies", Permission.AGENCY_READ),
    ("Nominations", "nominations.waiting", Permission.NOMINATION_DECIDE),
    ("Mass influx", "influx.declarations", Permission.INFLUX_MANAGE),
    ("People", "agencies.people", Permission.PERSON_INVITE),
    ("Classes", "enrollments.offerings", Permission.CLASS_READ),
    ("Sittings", "sittings.sittings", Permission.SITTING_MANAGE),
    ("Courses", "course_pages.courses", Permission.MARK_ENTER),
    ("Lessons", "courses.lessons", Permission.LESSON_WRITE),
    ("Question statistics", "question_statistics.banks", Permission.LESSON_WRITE),
    ("Admit officers", "proctoring.room", Permission.EXAM_ADMIT),
    ("Mark answers", "grading.desk", Permission.EXAM_MARK),
    ("Results", "grading.held", Permission.CLASS_MANAGE),
    ("Exam acts by two persons", "requests.requests", Permission.EXAM_REVIEW),
    ("Test security", "security.agreement", Permission.EXAM_ADMIT),
    ("Challenges", "challenges.challenges", Permission.CHALLENGE_DECIDE),
    ("Appeals", "appeals.appeals", Permission.EXAM_RULE),
    ("Scoring again", "regrades.regrades", Permission.EXAM_RULE),
    ("Certificates", "certificates.queue", Permission.CERTIFICATE_ISSUE),
    ("Certification lists", "certifications.certifications", Permission.CERTIFICATION_LIST),
    ("Authorizations", "authorizations.authorizations", Permission.AUTHORIZATION_READ),
    ("Complaints", "complaints.complaints", Permission.COMPLAINT_MANAGE),
    ("Ask about a moment", "answers.question", Permission.AUTHORIZATION_READ),
    ("Reports", "reports.reports", Permission.REPORT_READ),
    ("Records", "retention.records", Permission.RETENTION_MANAGE),
    ("Notices", "notices.notices", Permission.NOTICE_READ),
    ("Audit trail", "trail.entries", Permission.AUDIT_READ),
)
"""(label, endpoint, who needs it): where the bar at the top leads, beside everyone's first page."""
FOOTER = (
    ("Verify a certificate", "verification.verify"),
    ("Check an exam receipt", "receipts.checking"),
    ("What is recorded about you", "accounts.privacy"),
)


def navigation(identity: Identity | None) -> list[tuple[str, str]]:
    """(label, endpoint) of the places that a person's roles lead to."""
    if identity is None or identity.owes is not None:
        return []
    own = {endpoint: label for label, endpoint, permission in reversed(PLACES) if identity.may(permission)}
    places = [(label, endpoint) for label, endpoint, _ in PLACES if own.get(endpoint) == label]
    return [("Home", "home.first_page"), *places, ("Your account", "accounts.account")]


def create_app(site: Site) -> Application:
    """The WSGI application that serves `site`."""
    settings = site.settings
    app = Application("lms.web", static_folder=None)
    app.secret_key = cookie_secret(settings.data)
    app.config.update(
        SESSION_COOKIE_NAME="__Host-lms" if settings.secure else "lms",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
    )
    app.extensions[EXTENSION] = site
    login_manager.session_protection = None  # our own rows decide whether a session still counts
    login_manager.init_app(app)
    app.register_blueprint(health.blueprint)
    for feature in features("views"):
        for blueprint in getattr(feature, "blueprints", None) or [feature.blueprint]:
            app.register_blueprint(blueprint)
    prefix = f"/static/{assets.tree_hash()}/"
    if settings.access_log:
        access_log.register(app)
    errors.register(app)
    headers.register(app, secure=settings.secure)
    templating.register(app, static_prefix=prefix)
    folder = assets.compressed_copy(settings.data / "static") if settings.compress else assets.STATIC
    app.wsgi_app = assets.serve_static(app.wsgi_app, folder=folder, prefix=prefix, secure=settings.secure)  # type: ignore[method-assign] # Flask's own way of wrapping
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign] # Flask's own way of wrapping
    return app


def sweeps() -> list[Sweep]:
    """The periodic work of every feature, in the order in which the worker does it."""
    return [sweep for feature in features("sweeps") for sweep in feature.SWEEPS]


def work_off(site: Site) -> None:
    """Let every sweep run until none of them finds anything left to do."""
    work = sweeps()
    while sum(sweep(site) for sweep in work):
        pass


def features(part: str) -> list[ModuleType]:
    """The module `part` of every feature that has one, in alphabetical order."""
    folder = Path(lms.__file__).parent
    names = [f"lms.{found.name}.{part}" for found in pkgutil.iter_modules([str(folder)]) if found.ispkg]
    return [importlib.import_module(name) for name in names if (folder.parent / Path(*name.split("."))).with_suffix(".py").exists()]


def cookie_secret(data: Path) -> bytes:
    """The secret that signs cookies, made on first use with mode 600 and shared by every worker."""
    return secret_in(data / "cookie.secret")
