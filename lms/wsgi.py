"""The site as a WSGI application: what `lms serve` runs in each of its workers, and `lms.wsgi:make()` for any other server."""

import os

from lms.app import create_app, open_site
from lms.kernel import logs
from lms.kernel.clock import Clock
from lms.settings import Settings
from lms.web.application import Application


def make(settings: Settings | None = None, clock: Clock | None = None) -> Application:
    """The application of one worker process, by default with the settings that the environment holds and a clock of its own."""
    settings = settings or Settings.from_env(os.environ)
    logs.configure(settings.log_level, plain=settings.plain_log)
    return create_app(open_site(settings, clock=clock))
