"""Inspection: only the very bytes that were signed are genuine, and nothing that is uploaded breaks it."""

from datetime import timedelta

import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.certificates.authority import Authority, current_crls, renew_crls
from lms.certificates.inspection import LARGEST, PaperFinding, inspect
from lms.certificates.pdf import draw
from lms.certificates.signing import DemoSigner, FileSigner
from tests.certificates.papers import NAME, NOW, PASSPHRASES, face, found_in

SAMPLE = 60


def finding(pdf: bytes, authority: Authority) -> PaperFinding:
    return inspect(pdf, roots=[authority.root], crls=authority.crls, now=NOW)


def hole(paper: bytes) -> tuple[int, int]:
    """Where the signature's digits stand."""
    start = paper.index(b"/Contents <") + len(b"/Contents <")
    return start, paper.index(b">", start)


def flipped(paper: bytes, place: int) -> bytes:
    return paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]


def test_a_signed_paper_is_genuine(paper: bytes, authority: Authority) -> None:
    assert finding(paper, authority) is PaperFinding.GENUINE


def test_a_paper_stays_genuine_when_its_certificates_have_run_out(paper: bytes, authority: Authority) -> None:
    later = NOW + timedelta(days=365 * 15)
    assert inspect(paper, roots=[authority.root], crls=authority.crls, now=later) is PaperFinding.GENUINE


def test_a_paper_is_not_genuine_before_its_certificates_begin(paper: bytes, authority: Authority) -> None:
    earlier = NOW - timedelta(days=2)
    assert inspect(paper, roots=[authority.root], crls=authority.crls, now=earlier) is PaperFinding.ALTERED


def test_a_flipped_bit_anywhere_is_noticed(paper: bytes, authority: Authority) -> None:
    step = len(paper) // SAMPLE
    found = {finding(flipped(paper, place), authority) for place in range(step // 2, len(paper), step)}
    assert PaperFinding.GENUINE not in found
    assert PaperFinding.ALTERED in found


def test_a_flipped_bit_in_the_signature_is_noticed(paper: bytes, authority: Authority) -> None:
    start, end = hole(paper)
    places = range(start, end, (end - start) // SAMPLE)
    assert PaperFinding.GENUINE not in {finding(flipped(paper, place), authority) for place in places}


def test_even_the_case_of_a_digit_is_noticed(paper: bytes, authority: Authority) -> None:
    start, end = hole(paper)
    assert finding(paper[:start] + paper[start:end].lower() + paper[end:], authority) is PaperFinding.ALTERED


def test_what_is_added_or_cut_is_noticed(paper: bytes, authority: Authority) -> None:
    for changed in (paper + b"\n", paper + paper, paper[:-1], b"%PDF-1.7\n" + paper):
        assert finding(changed, authority) is PaperFinding.ALTERED


def test_a_paper_under_another_root_is_foreign(unsigned: bytes, authority: Authority) -> None:
    other = DemoSigner.throw_away(name=NAME, now=NOW).sign(unsigned, now=NOW)
    assert finding(other, authority) is PaperFinding.FOREIGN


def test_a_paper_signed_anew_by_another_is_not_ours(authority: Authority) -> None:
    forged = DemoSigner.throw_away(name=NAME, now=NOW).sign(draw(face(officer="Someone Else")), now=NOW)
    assert finding(forged, authority) is PaperFinding.FOREIGN


def test_our_signature_on_another_text_is_altered(paper: bytes, signer: FileSigner, authority: Authority) -> None:
    other = signer.sign(draw(face(officer="Someone Else")), now=NOW)
    (start, end), (there, after) = hole(paper), hole(other)
    assert finding(other[:there] + paper[start:end] + other[after:], authority) is PaperFinding.ALTERED


def test_a_signature_without_its_time_stamp_is_not_enough(paper: bytes, authority: Authority) -> None:
    start, end = hole(paper)
    content = cms.ContentInfo.load(bytes.fromhex(paper[start:end].decode()))
    for emptied in (cms.CMSAttributes([]), cms.CMSAttributes([{"type": "message_digest", "values": [bytes(32)]}])):
        content["content"]["signer_infos"][0]["unsigned_attrs"] = emptied
        digits = content.dump(force=True).hex().upper().encode().ljust(end - start, b"0")
        assert finding(paper[:start] + digits + paper[end:], authority) is PaperFinding.ALTERED


def test_an_unsigned_paper_says_so(unsigned: bytes, authority: Authority) -> None:
    assert finding(unsigned, authority) is PaperFinding.UNSIGNED


def test_a_paper_without_revocation_lists_cannot_be_called_genuine(paper: bytes, authority: Authority) -> None:
    assert inspect(paper, roots=[authority.root], crls=[], now=NOW) is PaperFinding.ALTERED


def test_an_authority_that_was_withdrawn_vouches_for_nothing(tmp_path_factory: pytest.TempPathFactory, unsigned: bytes) -> None:
    from_folder = tmp_path_factory.mktemp("withdrawn") / "authority"
    authority = found_in(from_folder)
    paper = FileSigner(authority).sign(unsigned, now=NOW)
    renew_crls(
        from_folder,
        passphrase=PASSPHRASES.issuing,
        now=NOW + timedelta(days=1),
        withdrawn={authority.signer.certificate.serial_number: NOW - timedelta(hours=1)},
    )
    crls = current_crls(from_folder)
    assert inspect(paper, roots=[authority.root], crls=crls, now=NOW + timedelta(days=1)) is not PaperFinding.GENUINE


def test_a_key_withdrawn_later_leaves_earlier_papers_good(tmp_path_factory: pytest.TempPathFactory, unsigned: bytes) -> None:
    from_folder = tmp_path_factory.mktemp("later") / "authority"
    authority = found_in(from_folder)
    paper = FileSigner(authority).sign(unsigned, now=NOW)
    later = NOW + timedelta(days=5)
    renew_crls(from_folder, passphrase=PASSPHRASES.issuing, now=later, withdrawn={authority.signer.certificate.serial_number: later})
    assert inspect(paper, roots=[authority.root], crls=current_crls(from_folder), now=later) is PaperFinding.GENUINE


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"hello",
        b"%PDF-",
        b"%PDF-1.7 <30" + b"0" * 2000 + b">",
        b"%PDF-1.7 " + b"<30" * 100_000,
        b"%PDF-1.7 <30" + b"a" * 1_000_000 + b">",
        b"%PDF-1.7 <" + b"3080" * 8000 + b"> %%EOF",
        b"%PDF-" + bytes(LARGEST),
    ],
)
def test_junk_is_never_genuine(junk: bytes, authority: Authority) -> None:
    assert finding(junk, authority) in {PaperFinding.NOT_A_PDF, PaperFinding.FOREIGN, PaperFinding.UNSIGNED}


def test_a_file_larger_than_any_paper_is_not_looked_at(paper: bytes, authority: Authority) -> None:
    assert finding(paper + bytes(LARGEST), authority) is PaperFinding.NOT_A_PDF


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mangled_papers_are_never_genuine_and_never_raise(paper: bytes, authority: Authority, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(paper) - 1))
    end = data.draw(st.integers(start, min(len(paper), start + 5000)))
    patch = data.draw(st.binary(max_size=200))
    mangled = paper[:start] + patch + paper[end:]
    assert (finding(mangled, authority) is PaperFinding.GENUINE) == (mangled == paper)
