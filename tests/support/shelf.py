"""The shipped content, published."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lms.accounts.rules import SYSTEM
from lms.courses import service as courses
from lms.courses.commands import sound_tree
from lms.db.session import Database
from lms.kernel.content import banks_root, courses_root
from lms.questions import service as questions
from lms.questions.commands import sound_banks

PUBLISHED_AT: Final = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def publish_everything(path: Path) -> None:
    """Publish the shipped courses and banks into the migrated SQLite file at `path`."""
    database = Database(f"sqlite:///{path}")
    tree = sound_tree(courses_root(), banks_folder=None, today=PUBLISHED_AT.date())
    banks = sound_banks(banks_root(), courses_folder=None, today=PUBLISHED_AT.date())
    with database.writing() as session:
        courses.publish(session, actor=SYSTEM, tree=tree, note="", replace=False, now=PUBLISHED_AT)
        for bank in banks:
            questions.publish(session, actor=SYSTEM, bank=bank, now=PUBLISHED_AT)
    database.close()  # the last connection to close writes the log back: the one file is everything
