"""A developer's command that vendors the pinned USWDS release again: `python -m tests.support.vendor_assets`.

It packs the release with `npm pack`, keeps the style rules, fonts, images and icons that our pages use, all unchanged,
and writes what it kept, with digests, to manifest.json.
"""

import hashlib
import json
import posixpath
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "@uswds/uswds"
VERSION = "3.14.0"
INTEGRITY = "sha512-kwZ50TqGszxj3+MQhm+c84hI0y8rIKoc7ZLKbuHg+8rTkFisp9lXOMRD2wclyyuYZahpADxMvaPong7bwL7cew=="
TARGET = Path(__file__).parents[2] / "lms" / "web" / "static" / "vendor" / "uswds"

COMPONENTS = frozenset(
    re.findall(
        r"\S+",
        """
        alert breadcrumb button button-group checkbox current error-message fieldset focus form form-group hint icon
        input input-group input-prefix input-suffix intro label legend link pagination radio select sidenav skipnav
        sr-only step-indicator summary-box table table-container--scrollable tag textarea
        """,
    )
)
UNUSED = re.compile(
    r"__header__button|sort|--emergency|--validation|usa-dark-background|--inverse|--counters|--segmented|--base|__link--disabled"
)
FACES = frozenset(
    {
        ("Source Sans Pro Web", "normal", "400"),
        ("Source Sans Pro Web", "normal", "700"),
        ("Source Sans Pro Web", "italic", "400"),
        ("Merriweather Web", "normal", "400"),
        ("Merriweather Web", "normal", "700"),
        ("Merriweather Web", "italic", "400"),
        ("Roboto Mono Web", "normal", "400"),
        ("Roboto Mono Web", "normal", "700"),
    }
)
ICONS = re.findall(
    r"\S+",
    """
    account_circle add arrow_back arrow_forward assessment attach_file autorenew bookmark calendar_today campaign
    cancel check check_circle check_circle_outline chat close cloud construction content_copy delete do_not_disturb
    edit error error_outline event expand_less expand_more file_download file_present file_upload filter_list
    fingerprint flag folder groups help help_outline history home hourglass_empty identification info info_outline
    language launch lightbulb list location_city location_on lock lock_open login logout mail map menu more_horiz
    navigate_before navigate_next notifications people person print priority_high push_pin radio_button_unchecked
    remove_circle report save_alt schedule school search security send settings star support timer undo update
    verified verified_user visibility visibility_off warning wifi work
    """,
)
NOTE = f"/*! uswds v{VERSION}, a subset: rules of unused components are left out, the others are unchanged */\n"

CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")


def main() -> None:
    """Refuse a package whose integrity is not the pinned one; otherwise replace the vendored folder."""
    files = release()
    shutil.rmtree(TARGET, ignore_errors=True)
    css = subset(files["dist/css/uswds.min.css"].decode())
    write("css/uswds.css", css.encode())
    for url in sorted(set(URL.findall(css))):
        if not url.startswith("data:"):
            name = posixpath.normpath(posixpath.join("css", url))
            write(name, files[f"dist/{name}"])
    write("img/icons.svg", sprite(files["dist/img/sprite.svg"].decode()).encode())
    write("LICENSE.md", files["LICENSE.md"])
    write("manifest.json", (json.dumps(manifest(), indent=2) + "\n").encode())


def release() -> dict[str, bytes]:
    """Every file of the pinned release by its name; nothing is unpacked to disk."""
    npm = shutil.which("npm") or sys.exit("npm is needed to vendor assets.")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--json", "--pack-destination", folder]
        packed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[0]
        if packed["integrity"] != INTEGRITY:
            sys.exit(f"{PACKAGE}@{VERSION} is not the pinned release: {packed['integrity']}")
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            members = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
            return {name.removeprefix("package/"): stream.read() for name, stream in members if stream}


def subset(css: str) -> str:
    """Keep the rules of the components we use; a rule that stays keeps every declaration it had."""
    return NOTE + "".join(kept(blocks(css.removeprefix('@charset "UTF-8";'))))


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Split style text into (selector or at-rule, body), without its comments."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    start = depth = opened = 0
    for brace in re.finditer(r"\"[^\"]*\"|'[^']*'|[{}]", css):
        if brace[0] == "{":
            opened = opened if depth else brace.start()
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if not depth:
                yield css[start:opened].strip(), css[opened + 1 : brace.start()]
                start = brace.end()


def kept(rules: Iterator[tuple[str, str]]) -> Iterator[str]:
    for head, body in rules:
        if head.startswith("@font-face"):
            if face(body) in FACES:
                yield f"{head}{{{body}}}\n"
        elif head.startswith(("@media", "@supports")):
            inner = "".join(kept(blocks(body)))
            if inner:
                yield f"{head}{{{inner}}}\n"
        elif not head.startswith("@"):
            selectors = ",".join(one for one in split(head) if is_used(one))
            if selectors:
                yield f"{selectors}{{{body}}}"


def face(body: str) -> tuple[str, str, str]:
    found = dict(part.split(":", 1) for part in body.split(";") if ":" in part)
    return found["font-family"].strip('"'), found["font-style"], found["font-weight"]


def split(head: str) -> list[str]:
    """Split a selector list at the commas that are not inside parentheses."""
    return re.split(r",(?![^(]*\))", head)


def is_used(selector: str) -> bool:
    if UNUSED.search(selector):
        return False
    return all(block_of(name) in COMPONENTS for name in CLASS.findall(selector))


def block_of(name: str) -> str:
    return re.split(r"__|--(?!scrollable)", name.removeprefix("usa-"))[0] if name.startswith("usa-") else name


def sprite(svg: str) -> str:
    found = {match[1]: match[0] for match in re.finditer(r'<symbol id="([\w-]+)".*?</symbol>', svg, flags=re.DOTALL)}
    symbols = "\n".join(found[name] for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def write(name: str, content: bytes) -> None:
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def manifest() -> dict[str, object]:
    files = sorted(path for path in TARGET.rglob("*") if path.is_file())
    return {
        "package": PACKAGE,
        "version": VERSION,
        "integrity": INTEGRITY,
        "license": "See LICENSE.md: CC0-1.0, OFL-1.1 (fonts), Apache-2.0 (icons, Roboto Mono), MIT (normalize)",
        "changes": "Rules, fonts, images and icons that are not used are left out; what stays is unchanged.",
        "files": {str(path.relative_to(TARGET)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }


if __name__ == "__main__":
    main()
