"""The authority: what its certificates say, who may read its files, and that it lives on without its root."""

import logging
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from lms.certificates import authority as authorities
from lms.certificates.authority import (
    Authority,
    AuthorityExists,
    Passphrases,
    UnusableName,
    WeakPassphrase,
    create,
    create_in_memory,
    current_crls,
    export_public,
    load,
    renew_crls,
    renew_issuing,
    renew_signer,
    root_key_is_here,
)
from lms.certificates.inspection import PaperFinding, inspect
from lms.certificates.keyfiles import NoKey, make_private_folder
from lms.certificates.signing import CannotSign, FileSigner
from lms.certificates.x509_shapes import DOCUMENT_SIGNING, key_id
from tests.certificates.papers import NAME, NOW, PASSPHRASES, found_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found_in(tmp_path / "authority")
    return tmp_path / "authority"


def common_names(authority: Authority) -> list[str]:
    certificates = (authority.root, *authority.intermediates, authority.signer.certificate, authority.stamper.certificate)
    return [certificate.subject.rfc4514_string() for certificate in certificates]


def uses(certificate: x509.Certificate) -> x509.Extension[x509.ExtendedKeyUsage]:
    return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)


def curve(certificate: x509.Certificate) -> str:
    public = certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    return public.curve.name


def test_the_chain_is_made_of_the_curves_and_lives_it_should(authority: Authority) -> None:
    (issuing,) = authority.intermediates
    assert curve(authority.root) == "secp384r1"
    assert {curve(each) for each in (issuing, authority.signer.certificate, authority.stamper.certificate)} == {"secp256r1"}
    assert authority.root.not_valid_after_utc - NOW >= timedelta(days=20 * 365)
    assert issuing.not_valid_after_utc - NOW <= timedelta(days=396)
    assert issuing.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    authority.signer.certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(authority.root)


def test_nothing_begins_before_it_was_made(authority: Authority) -> None:
    second = NOW.replace(microsecond=0)
    for certificate in (authority.root, *authority.intermediates, authority.signer.certificate, authority.stamper.certificate):
        assert certificate.not_valid_before_utc == second
    assert {crl.last_update_utc for crl in authority.crls} == {second}


def test_each_key_has_one_use(authority: Authority) -> None:
    assert list(uses(authority.signer.certificate).value) == [DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    stamping = uses(authority.stamper.certificate)
    assert stamping.critical
    assert list(stamping.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    usage = authority.signer.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_names_carry_the_program_and_only_a_demo_says_specimen(authority: Authority) -> None:
    assert all(NAME in name and "SPECIMEN" not in name for name in common_names(authority))
    assert not authority.specimen
    demo = create_in_memory(name=NAME, now=NOW)
    assert all(name.count("SPECIMEN") == 2 for name in common_names(demo))
    assert demo.specimen


def test_the_roots_list_outlasts_the_issuing_authority(authority: Authority) -> None:
    root_crl = next(crl for crl in authority.crls if crl.issuer == authority.root.subject)
    assert root_crl.next_update_utc == authority.intermediates[0].not_valid_after_utc


def test_only_the_owner_may_read_the_files(authority: Authority) -> None:
    assert authority.folder
    for path in (authority.folder, *authority.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_keys_are_encrypted_and_not_shown(authority: Authority) -> None:
    assert authority.folder
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in authority.folder.rglob("*.p12"))
    assert "root to carry" not in repr(PASSPHRASES)


def test_an_authority_is_loaded_as_it_was_made(authority: Authority) -> None:
    assert authority.folder
    loaded = load(authority.folder, passphrase=PASSPHRASES.signing)
    assert loaded.root == authority.root
    assert loaded.key_id == authority.key_id
    assert set(map(key_id, loaded.intermediates)) == set(map(key_id, authority.intermediates))


def test_a_wrong_passphrase_or_an_empty_folder_is_refused(authority: Authority, tmp_path: Path) -> None:
    assert authority.folder
    with pytest.raises(NoKey, match="does not open"):
        load(authority.folder, passphrase="not this one at all")
    with pytest.raises(NoKey, match="There is no signer"):
        load(tmp_path, passphrase=PASSPHRASES.signing)


def test_keys_are_never_written_over(folder: Path) -> None:
    before = (folder / "root.p12").read_bytes()
    with pytest.raises(AuthorityExists):
        found_in(folder)
    assert (folder / "root.p12").read_bytes() == before
    assert not list(folder.parent.glob(".*"))


def test_an_empty_folder_becomes_private(tmp_path: Path) -> None:
    place = tmp_path / "empty"
    place.mkdir(mode=0o755)
    found_in(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "   ", "x" * 37, "two\nlines"])
def test_a_name_that_does_not_fit_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableName):
        create(tmp_path / "a", name=name, passphrases=PASSPHRASES, now=NOW)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeakPassphrase):
        create(tmp_path / "a", name=NAME, passphrases=Passphrases("short", "long enough, this", "long enough, this"), now=NOW)


def test_the_operator_is_told_to_move_the_root_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger=authorities.__name__):
        found_in(tmp_path / "a")
    assert "root.p12 to a medium that is kept offline" in caplog.text
    assert root_key_is_here(tmp_path / "a")


def test_only_public_files_are_exported(folder: Path) -> None:
    exported = export_public(folder)
    assert len(exported) == 6
    assert all(b"-----BEGIN CERTIFICATE" in path.read_bytes() or b"-----BEGIN X509 CRL" in path.read_bytes() for path in exported)
    assert not any(b"PRIVATE KEY" in path.read_bytes() for path in exported)


def test_papers_are_signed_and_lists_renewed_without_the_root(folder: Path, unsigned: bytes) -> None:
    (folder / "root.p12").unlink()
    assert not root_key_is_here(folder)
    signer = FileSigner(load(folder, passphrase=PASSPHRASES.signing))
    later = NOW + timedelta(days=90)
    with pytest.raises(CannotSign):
        signer.sign(unsigned, now=later)
    renew_crls(folder, passphrase=PASSPHRASES.issuing, now=later)
    assert signer.sign(unsigned, now=later)


def test_lists_count_up_and_keep_what_was_withdrawn(folder: Path) -> None:
    renew_crls(folder, passphrase=PASSPHRASES.issuing, now=NOW, withdrawn={4242: NOW})
    renew_crls(folder, passphrase=PASSPHRASES.issuing, now=NOW, withdrawn={4243: NOW})
    (crl,) = (each for each in current_crls(folder) if "Issuing" in each.issuer.rfc4514_string())
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert {entry.serial_number for entry in crl} == {4242, 4243}


def test_a_new_signer_has_a_new_key_and_old_papers_stay_good(folder: Path, unsigned: bytes) -> None:
    first = load(folder, passphrase=PASSPHRASES.signing)
    old = FileSigner(first).sign(unsigned, now=NOW)
    second = renew_signer(
        folder, issuing_passphrase=PASSPHRASES.issuing, signing_passphrase=PASSPHRASES.signing, now=NOW + timedelta(days=1)
    )
    assert second.key_id != first.key_id
    new = FileSigner(second).sign(unsigned, now=NOW + timedelta(days=1))
    for paper in (old, new):
        assert inspect(paper, roots=[second.root], crls=second.crls, now=NOW + timedelta(days=2)) is PaperFinding.GENUINE


def test_papers_outlive_the_issuing_authority(folder: Path, unsigned: bytes) -> None:
    old = FileSigner(load(folder, passphrase=PASSPHRASES.signing)).sign(unsigned, now=NOW)
    later = NOW + timedelta(days=380)
    renewed = renew_issuing(folder, passphrases=PASSPHRASES, now=later)
    new = FileSigner(renewed).sign(unsigned, now=later)
    assert len(renewed.intermediates) == 2
    for paper in (old, new):
        assert inspect(paper, roots=[renewed.root], crls=renewed.crls, now=later + timedelta(days=1000)) is PaperFinding.GENUINE


def test_renewing_the_issuing_authority_takes_the_root(folder: Path) -> None:
    (folder / "root.p12").unlink()
    with pytest.raises(NoKey, match="There is no root"):
        renew_issuing(folder, passphrases=PASSPHRASES, now=NOW)


def test_a_damaged_key_file_is_refused(folder: Path) -> None:
    (folder / "signer.p12").write_bytes(b"not a key")
    with pytest.raises(NoKey, match="does not open"):
        load(folder, passphrase=PASSPHRASES.signing)


def test_a_key_of_another_kind_is_refused(folder: Path) -> None:
    key = rsa.generate_private_key(65537, 2048)
    protection = BestAvailableEncryption(PASSPHRASES.signing.encode())
    (folder / "signer.p12").write_bytes(pkcs12.serialize_key_and_certificates(None, key, None, None, protection))
    with pytest.raises(NoKey, match="no elliptic-curve key"):
        load(folder, passphrase=PASSPHRASES.signing)


def test_a_private_folder_must_be_new(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path)
