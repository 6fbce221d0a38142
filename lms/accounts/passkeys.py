"""Passkeys (WebAuthn): which site they are for, what is asked of a browser, and whether its answer holds."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms.kernel.errors import Invalid
from lms.settings import LOOPBACK, Settings

LONGEST_ANSWER: Final = 20_000
FAULTS: Final = (WebAuthnException, ValueError, KeyError, TypeError)
"""What the library raises for answers that are wrong, forged or no answers at all."""


class PasskeyRefused(Invalid):
    """The browser's answer does not hold."""


@dataclass(frozen=True, slots=True)
class Party:
    """The site as passkeys know it: a passkey made for one `id` answers at no other, and only to pages of `origin`."""

    id: str
    origin: str
    name: str


def party_of(settings: Settings) -> Party | None:
    """The site that passkeys are for. None where the address has no host name: browsers make no passkeys for bare numbers.

    On the machine itself, where the site is reached as 127.0.0.1, they are for `localhost`.
    """
    parts = urlsplit(settings.url)
    host = "localhost" if parts.hostname in LOOPBACK else parts.hostname or ""
    if not host or _is_number(host):
        return None
    port = "" if parts.port is None else f":{parts.port}"
    return Party(host, f"{parts.scheme}://{host}{port}", settings.product_name)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def new_challenge() -> str:
    """What the next answer must contain."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that a browser has made."""

    credential_id: str
    public_key: bytes
    counter: int


def creation_question(party: Party, *, challenge: str, user: bytes, email: str, name: str, known: Sequence[str]) -> Any:
    """What a browser is asked to make a passkey, as JSON; devices that hold one of `known` make no second."""
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=user,
        user_name=email,
        user_display_name=name,
        challenge=base64url_to_bytes(challenge),
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return json.loads(options_to_json(options))


def made(party: Party, *, challenge: str, answer: str) -> NewPasskey:
    """The passkey in a browser's answer. Raises PasskeyRefused."""
    try:
        found = verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except FAULTS as fault:
        raise PasskeyRefused("The passkey could not be taken. Try again, or use another device.") from fault
    return NewPasskey(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)


def proof_question(party: Party, *, challenge: str, known: Sequence[str]) -> Any:
    """What a browser is asked to prove one of the passkeys `known`, as JSON."""
    options = generate_authentication_options(rp_id=party.id, challenge=base64url_to_bytes(challenge), allow_credentials=_described(known))
    return json.loads(options_to_json(options))


def credential_in(answer: str) -> str:
    """The id of the passkey that answers. Raises PasskeyRefused."""
    try:
        return bytes_to_base64url(parse_authentication_credential_json(_bounded(answer)).raw_id)
    except FAULTS as fault:
        raise PasskeyRefused("The passkey did not answer. Try again.") from fault


def proven(party: Party, *, challenge: str, answer: str, public_key: bytes) -> int:
    """The counter in an answer that holds. Raises PasskeyRefused. Whether the counter went back is for the caller to see."""
    try:
        found = verify_authentication_response(
            credential=_bounded(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
        )
    except FAULTS as fault:
        raise PasskeyRefused("The passkey did not answer as it should. Try again.") from fault
    return found.new_sign_count


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("That is no answer of a passkey. Try again.")
    return answer


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]
