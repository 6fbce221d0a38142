"""The command line changes its process: what it changed is changed back."""

import logging
import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _process() -> Iterator[None]:
    umask = os.umask(0o022)
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    os.umask(umask)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
