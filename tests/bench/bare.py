"""U: what one bare page costs under the same server, run as `python -m tests.bench.bare FOLDER PORT`."""

import sqlite3
import sys
from functools import partial
from pathlib import Path
from threading import local

from flask import Flask, render_template
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from jinja2 import DictLoader

from lms.serving import THREADS
from lms.settings import Settings

PAGE = """<!doctype html><title>Bare</title><h1>{{ name }}</h1>
<ul>{% for number in range(20) %}<li class="item">Item {{ number }} of {{ name }}</li>{% endfor %}</ul>"""


def make(database: Path) -> Flask:
    """An application of one page: one SELECT and twenty lines of Jinja."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"bare.html": PAGE})
    here = local()

    @app.get("/")
    def bare() -> str:
        if not hasattr(here, "connection"):
            here.connection = sqlite3.connect(database)
        return render_template("bare.html", name=here.connection.execute("SELECT name FROM thing WHERE id = 1").fetchone()[0])

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def serve(folder: Path, port: int) -> None:
    """Serve the page with the settings that the site itself is served with."""
    database = folder / "bare.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("INSERT INTO thing VALUES (1, 'a bare page')")
    server = Server(
        "bare",
        port=port,
        interface=Interfaces.WSGI,
        workers=Settings().workers,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(_load, database), wrap_loader=False)


def _load(database: Path) -> Flask:
    return make(database)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
