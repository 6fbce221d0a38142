"""`lms certificates show`, `lms keys export` and `lms keys renew`: papers and public keys for scripts, and new keys in time."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from lms.certificates import authority, keyring, queries
from lms.certificates.keyfiles import NoKey
from lms.certificates.numbers import display, parse
from lms.certificates.queries import CertificateRow, Stated
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.web.site import Site


class NotANumberAtAll(Invalid):
    """What was typed cannot be a number."""


class NoSuchCertificate(NotFound):
    """No certificate has the number."""


class NoPaperYet(Conflict):
    """The certificate's paper is still to come."""


@click.group()
def certificates() -> None:
    """The certificates of this installation."""


@certificates.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--pdf", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write the signed paper to FILE.")
@click.pass_obj
def show(site: Site, number: str, *, as_json: bool, file: Path | None) -> None:
    """Show the certificate NUMBER: its status, what it states, and its paper."""
    meant = parse(number)
    if not isinstance(meant, str):
        raise NotANumberAtAll(f"{number} is not a certificate number. Check it against the paper.")
    with site.database.reading() as session:
        found = queries.by_number(session, meant)
        if found is None:
            raise NoSuchCertificate(f"There is no certificate {display(meant)}.")
        key_id = found.seal.key_id if found.seal else ""
        stated = queries.statement_of(session, certificate_id=found.id, key_id=key_id)
    told = particulars(found, stated, now=site.clock.now())
    if file is not None:
        file.write_bytes(_paper(site, found))
    click.echo(json.dumps(told, indent=2, ensure_ascii=False) if as_json else "\n".join(f"{key}: {value}" for key, value in told.items()))


def particulars(found: CertificateRow, stated: Stated | None, *, now: datetime) -> dict[str, Any]:
    """Everything about a certificate but its token and salts, as JSON carries it."""
    facts = found.facts
    return {
        "number": display(found.number),
        "status": str(found.status(now)),
        "stage": str(found.stage),
        "class": found.certificate_class.name.lower(),
        "specimen": facts["demo"],
        "officer": found.name,
        "agency": facts["agency"],
        "program_model": facts["program_model"],
        "course": facts["course"]["title"],
        "course_revision": found.course_hash,
        "minutes": facts["minutes"],
        "completed_on": facts["completed_on"],
        "issued_on": facts["issued_on"],
        "certified_by": found.certified_by,
        "paper_sha256": found.seal.digest if found.seal else None,
        "signing_key": found.seal.key_id if found.seal else None,
        "statement": stated.text if stated else None,
    }


def _paper(site: Site, found: CertificateRow) -> bytes:
    if found.seal is None or not found.is_stored:
        raise NoPaperYet("The paper of this certificate is still being prepared. `lms serve` or `lms worker` finishes it.")
    return site.blobs.read(found.seal.digest)


@click.group()
def keys() -> None:
    """The keys that sign certificates."""


@keys.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def export(site: Site, folder: Path) -> None:
    """Copy the public certificates and revocation lists into DIR, and never a key."""
    own = keyring.folder_of(site.settings.data)
    if not own.exists():
        raise NoKey("This installation has no keys yet. Start it once with `lms serve`.")
    folder.mkdir(parents=True, exist_ok=True)
    public = authority.export_public(own)
    for path in public:
        (folder / path.name).write_bytes(path.read_bytes())
        (folder / path.name).chmod(0o644)
    click.echo(f"{len(public)} files are in {folder}; trust root.pem.")


@keys.command()
@click.option("--issuing", is_flag=True, help="Also a new issuing authority: bring the root back to the authority folder first.")
@click.pass_obj
def renew(site: Site, *, issuing: bool) -> None:
    """Make new keys for signing papers; papers signed before stay good."""
    settings, now = site.settings, site.clock.now()
    own = keyring.folder_of(settings.data)
    if issuing:
        authority.renew_issuing(own, passphrases=keyring.passphrases(settings.data), now=now)
        click.echo("A new issuing authority and new signing keys are in use. Move the root away again.")
        return
    words = keyring.passphrases(settings.data, places=("issuing", "signing"))
    authority.renew_signer(own, issuing_passphrase=words.issuing, signing_passphrase=words.signing, now=now)
    click.echo("New signing keys are in use, from the next paper on.")
