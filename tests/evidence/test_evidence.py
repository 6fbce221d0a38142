"""Taking the evidence of an exam out: what the file holds, that its signature holds, and that it is recorded."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import load_der_x509_certificate
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.appeals import service as rulings
from lms.appeals.rules import Outcome
from lms.audit.models import AuditEntry
from lms.certificates import keyring
from lms.certificates.signing import DemoSigner
from lms.evidence import queries, rules, service
from lms.evidence.queries import NoSuchAttempt
from lms.exams.rules import Entry, Kind, chain_holds
from lms.kernel.clock import FrozenClock
from lms.kernel.ids import new_id
from lms.questions.security import AgreementNeeded
from lms.web.application import Application
from lms.web.site import Site
from tests.appeals.hall import accepting, hall, keys_of, stranger
from tests.support.browser import Visitor
from tests.support.cast import FAST_HASH
from tests.support.exam_room import KEY_CANARY

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_record_holds_everything_and_its_chain_can_be_checked_from_it(session: Session) -> None:
    made = hall(session, now=NOON)
    attempt = made.sits(session, now=NOON, right=6)
    officer, later = made.room.officer, NOON + timedelta(days=1)
    rulings.challenge(session, actor=officer, attempt_id=attempt, position=7, claim="Two are right", now=later)
    rulings.appeal(session, actor=officer, attempt_id=attempt, outcome=Outcome.FAILED, statement="The room was dark", now=later)
    made.regrades(session, accepting(session, attempt, 7), now=later)
    found = service.record_of(session, actor=made.first, attempt_id=attempt, now=later)
    told = json.loads(service.evidence_json(found, with_key=True, made_by="Lena Okonkwo", now=later))
    assert told["attempt"]["officer"] == "Dana Rivera"
    assert [one["cause"] for one in told["scorings"]] == ["closed", "key corrected"]
    assert (len(told["challenges"]), len(told["appeals"]), told["admission"][0]["identity_document"]) == (1, 1, "Agency photo ID")
    assert len(told["questions"][6]["corrected_key"]) == 2
    assert [one["key"] for one in told["questions"]] == [key.key for key in keys_of(session, attempt)]
    moments = [datetime.fromisoformat(one["at"]) for one in told["steps"]]
    steps = [
        Entry(one["number"], Kind(one["kind"]), at, one["actor"], one["payload"], one["previous"], one["hash"])
        for one, at in zip(told["steps"], moments, strict=True)
    ]
    assert told["chain_holds"]
    assert chain_holds(steps)
    assert set(told["people"].values()) >= {"Dana Rivera", "Pat Lindqvist"}


def test_without_the_key_the_record_holds_no_right_answer(session: Session) -> None:
    made = hall(session, now=NOON)
    attempt = made.sits(session, now=NOON, right=0)
    found = service.record_of(session, actor=made.first, attempt_id=attempt, now=NOON)
    told = service.evidence_json(found, with_key=False, made_by="Lena Okonkwo", now=NOON).decode()
    shown = json.loads(told)
    assert all(set(one) == {"position", "revision", "objective", "shown", "first_shown_at", "type", "points"} for one in shown["questions"])
    assert KEY_CANARY not in told


def test_only_who_signed_the_security_agreement_sees_it(session: Session) -> None:
    """R-10."""
    made = hall(session, now=NOON)
    attempt = made.sits(session, now=NOON, right=0)
    with pytest.raises(AgreementNeeded):
        service.record_of(session, actor=stranger(), attempt_id=attempt, now=NOON)
    with pytest.raises(NoSuchAttempt):
        service.record_of(session, actor=made.first, attempt_id=new_id(), now=NOON)


def test_a_signature_beside_a_text_is_that_texts_alone() -> None:
    signer = DemoSigner.throw_away(name="Delegated Authority Training", now=NOON)
    signed = cms.ContentInfo.load(signer.attest(b"evidence", now=NOON))["content"]
    (info,) = signed["signer_infos"]
    attributes = {one["type"].native: one["values"][0].native for one in info["signed_attrs"]}
    assert attributes["message_digest"] == sha256(b"evidence").digest()
    assert attributes["signing_time"] == NOON
    certificate = next(
        one.chosen for one in signed["certificates"] if one.chosen.serial_number == info["sid"].chosen["serial_number"].native
    )
    key = load_der_x509_certificate(certificate.dump()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
    assert signed["encap_content_info"]["content"].native is None


def test_it_is_taken_out_as_one_file_and_recorded(app: Application, site: Site, clock: FrozenClock, tmp_path: Path) -> None:
    del tmp_path
    keyring.found(site.settings.data, name="Delegated Authority Training", specimen=site.settings.demo, now=clock.now())
    with site.database.writing() as session:
        made = hall(session, now=clock.now())
        attempt = made.sits(session, now=clock.now(), right=6)
        session.execute(update(User).values(password_hash=FAST_HASH))
    visitor = Visitor(app).signs_in_as(made.first)
    path = f"/attempts/{attempt}/evidence"
    visitor.opens(path)
    assert visitor.sends(path, reason="", key="with").status_code == 422
    answer = visitor.sends(path, reason="Hearing of December 3", key="without")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "application/zip", "no-store")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert set(files) == {rules.RECORD, rules.READING, rules.README, rules.MANIFEST, rules.SIGNATURE, rules.ROOT}
    listed = json.loads(files[rules.MANIFEST])["files"]
    assert {name: sha256(files[name]).hexdigest() for name in listed} == listed
    assert "Dana Rivera" in files[rules.READING].decode()
    assert "Right answer" not in files[rules.READING].decode()
    with site.database.reading() as session:
        (row,) = queries.taken_out(session, attempt_id=attempt)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "took out the evidence of an exam")).one()
    assert (row.reason, row.with_key, row.digest) == ("Hearing of December 3", False, sha256(files[rules.MANIFEST]).hexdigest())
    assert entry.actor_id == made.first.user_id
    assert "Hearing of December 3" in visitor.opens(path).text
