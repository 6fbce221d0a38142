"""Static files under an address that holds their content's hash, so that browsers may keep them for good."""

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.datastructures import Headers
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from lms.web.headers import add_to

STATIC = Path(__file__).parent / "static"
ONE_YEAR = 365 * 24 * 3600


def tree_hash(folder: Path = STATIC) -> str:
    """Twelve hex digits that change whenever any file below `folder` does."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def compressed_copy(cache: Path) -> Path:
    """A copy of the static files with compressed siblings, made once per content and kept below `cache`."""
    target = cache / tree_hash()
    if not target.exists():
        part = cache / f".{target.name}.part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(STATIC, part)
        compressor = Compressor(quiet=True)
        for path in [p for p in part.rglob("*") if p.is_file() and compressor.should_compress(p.name)]:
            list(compressor.compress(str(path)))
        part.replace(target)
    return target


def serve_static(wsgi: Any, *, folder: Path, prefix: str, secure: bool) -> Any:
    """Wrap `wsgi` so that files of `folder` are answered below `prefix` without touching the application."""
    files = WhiteNoise(wsgi, max_age=ONE_YEAR, allow_all_origins=False, immutable_file_test=lambda _path, _url: True)
    files.add_files(str(folder), prefix=prefix)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(prefix):
            return cast("Iterable[bytes]", files(environ, start_response))

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            safe = Headers(headers)
            add_to(safe, secure=secure)  # here and not by the file server, which leaves them off a 304
            return start_response(status, safe.to_wsgi_list(), *rest)

        return cast("Iterable[bytes]", files(environ, start))

    return answer
