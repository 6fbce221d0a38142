"""`lms ledger verify` and `lms ledger prove`: whether anybody changed what was recorded, and proofs that outsiders can check."""

import base64
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from lms.kernel.errors import Invalid
from lms.ledger import keys, publishing, queries, service
from lms.ledger.checkpoint import NoCheckpoint, Verifier, notes_in, parse
from lms.ledger.keys import NoKey
from lms.ledger.service import Proof
from lms.ledger.source import Source
from lms.ledger.verifying import Claim, Report
from lms.ledger.verifying import verify as compare
from lms.web.site import Site


class NoFile(Invalid):
    """The file holds no checkpoint."""


def commands_for(sources: Sequence[Source]) -> click.Group:
    """The commands, for these ledgers; the first is meant unless another is named."""
    by_name = {source.ledger: source for source in sources}
    which = click.option("--ledger", "name", type=click.Choice(list(by_name)), default=sources[0].ledger, show_default=True)

    @click.group()
    def ledger() -> None:
        """Proofs that nobody changed what was recorded."""

    @ledger.command()
    @which
    @click.option("--checkpoint", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Checkpoints kept elsewhere.")
    @click.pass_obj
    def verify(site: Site, name: str, file: Path | None) -> None:
        """Recompute the ledger from what it covers, and compare it with every checkpoint. Exit code 1 when anything does not fit."""
        report = checked(site, by_name[name], file)
        for sentence in told(report, name):
            click.echo(sentence)
        if report.findings:
            sys.exit(1)

    @ledger.command()
    @which
    @click.argument("number", metavar="N", type=click.IntRange(0))
    @click.option("--into", "folder", type=click.Path(path_type=Path, file_okay=False), help="Also write entry, proof and key as files.")
    @click.pass_obj
    def prove(site: Site, name: str, number: int, folder: Path | None) -> None:
        """Prove that entry N is under the newest signed checkpoint."""
        with site.database.reading() as session:
            proof = service.prove(session, source=by_name[name], number=number)
        public = keys.verifier(site.settings.data, ledger=name)
        public.open(proof.note)
        if folder is not None:
            written_into(folder, proof, public)
        click.echo("\n".join(shown(proof, public)), nl=False)

    return ledger


def checked(site: Site, source: Source, file: Path | None) -> Report:
    """The report on a ledger, held against its own published checkpoints and those of `file`."""
    data, name = site.settings.data, source.ledger
    own = publishing.file_of(data, ledger=name)
    outside = [*claims_in(own, f"{own}"), *(claims_in(file, f"{file}") if file else [])]
    if file and not claims_in(file, ""):
        raise NoFile(f"{file} holds no checkpoint.")
    with site.database.reading() as session:
        if not site.database.sqlite:  # SQLite shows one state of the database to a transaction anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        queries.size_of(session, ledger=name)  # the state compared begins here: after the files were read, before the key is
        return compare(session, source=source, verifier=_verifier(data, name), outside=outside)


def _verifier(data: Path, name: str) -> Verifier | None:
    try:
        return keys.verifier(data, ledger=name)
    except NoKey:
        return None


def claims_in(path: Path, place: str) -> list[Claim]:
    """The checkpoints in a file, none when it does not exist. What is no checkpoint becomes a claim that will not hold."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")
    try:
        notes = notes_in(text)
        return [Claim(note, f"The checkpoint of {parse(note).size} entries in {place}") for note in notes]
    except NoCheckpoint:
        return [Claim(text, f"The file {place}")]


def told(report: Report, name: str) -> list[str]:
    """The report as sentences."""
    counted = f"Ledger {name}: {report.size} entries, {report.waiting} waiting for their place, {report.checkpoints} signed checkpoints."
    if not report.findings:
        return [counted, "Everything fits: nothing was altered, deleted, inserted, reordered or rolled back."]
    count = len(report.findings)
    return [counted, *(f"- {finding}" for finding in report.findings), f"{count} finding{'s' if count > 1 else ''}."]


def shown(proof: Proof, public: Verifier) -> list[str]:
    """Entry, place and proof as text."""
    return [
        f"Entry {proof.number}, exactly as it was hashed:",
        proof.text,
        "",
        f"Index: {proof.number}",
        f"Leaf hash (SHA-256 over a zero byte and the entry): {base64.b64encode(proof.leaf).decode()}",
        f"Key: {public}",
        "",
        "Proof:",
        proof.tlog_proof,
    ]


def written_into(folder: Path, proof: Proof, public: Verifier) -> None:
    """Entry, proof and public key as files, for programs that check them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"entry.json": proof.text, "entry.tlog-proof": proof.tlog_proof, "key.pub": f"{public}\n"}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
