"""Passkeys as browsers and their devices speak of them (WebAuthn):
what they are asked, and whether an answer holds.

A passkey is asked for with user verification (a finger, a face, a PIN),
so that what is stolen opens nothing by itself.
"""

import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.parts import parts_of
from storage.accounts import Account
from storage.passkeys import Credential, Passkey

LONGEST_ANSWER: Final = 16 * 1024
"""Characters of what a browser sends for a passkey;
a key of a machine's own has a long chain of certificates.
"""

_NAME: Final = "Huiying"
_MILLISECONDS: Final = 120_000
_ON_THIS_MACHINE: Final = "localhost"  # of names without TLS the one that browsers make passkeys for


class NotProven(Exception):  # noqa: N818  an answer to who asked
    """What a browser sent for a passkey does not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """This server as passkeys know it: the name that they are made for,
    and the origin of the page at hand.
    """

    name: str
    origin: str

    def wish_for_new(self, account: Account, known: tuple[Passkey, ...], challenge: bytes) -> str:
        """What a browser is asked so that an account is given one more passkey, as JSON."""
        options = generate_registration_options(
            rp_id=self.name,
            rp_name=_NAME,
            user_id=account.id.encode(),
            user_name=account.login,
            user_display_name=account.name,
            challenge=challenge,
            timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=one.credential.id) for one in known if one.credential.id
            ],
        )
        return options_to_json(options)

    def wish_for_known(self, challenge: bytes) -> str:
        """What a browser is asked for a sign-in, as JSON;
        it names no account, so that nobody learns which have passkeys.
        """
        options = generate_authentication_options(
            rp_id=self.name,
            challenge=challenge,
            timeout=_MILLISECONDS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def made(self, answer: str, challenge: bytes) -> Credential:
        """The passkey that a browser has made; raises NotProven."""
        try:
            verified = verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except Exception as error:
            raise NotProven(type(error).__name__) from error
        return Credential(
            id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
        )

    def signed(self, answer: str, challenge: bytes, passkey: Passkey) -> int:
        """What the counter of a passkey says with which a browser has signed; raises NotProven.

        Whether it has gone up is asked where it is kept, so that of two answers at one time one counts.
        """
        try:
            verified = verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self.name,
                expected_origin=self.origin,
                credential_public_key=passkey.credential.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:
            raise NotProven(type(error).__name__) from error
        return int(verified.new_sign_count)


def relying_party(request: Request) -> RelyingParty | None:
    """This server for passkeys; None where a browser makes none,
    or no setting says for which name they would be.

    1. Behind TLS passkeys are made for the first name of the settings that is no IP address,
       and serve at those names that end with it.
    2. Without TLS browsers make them on the machine itself alone, for `localhost`.
    """
    settings = parts_of(request).settings
    address = request.headers.get("host", "").casefold()
    name = _name_in(address)
    if not settings.behind_tls:
        is_here = name == _ON_THIS_MACHINE
        return RelyingParty(name=name, origin=f"http://{address}") if is_here else None
    first = next((one for one in settings.host_names if not _is_address(one)), "")
    if not first or name not in settings.host_names or not (name == first or name.endswith(f".{first}")):
        return None
    return RelyingParty(name=first, origin=f"https://{address}")


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def challenge_in(answer: str) -> bytes:
    """The challenge that a browser says it has signed, to be looked up; raises NotProven."""
    try:
        content = json.loads(answer)
        return parse_client_data_json(base64url_to_bytes(content["response"]["clientDataJSON"])).challenge
    except Exception as error:
        raise NotProven(type(error).__name__) from error


def credential_in(answer: str) -> bytes:
    """The id of the passkey with which a browser says it has signed; raises NotProven."""
    try:
        return base64url_to_bytes(json.loads(answer)["rawId"])
    except Exception as error:
        raise NotProven(type(error).__name__) from error


def _name_in(address: str) -> str:
    """The name in a header `Host`, without its port; empty where it bears none."""
    try:
        return urlsplit(f"//{address}").hostname or ""
    except ValueError:
        return ""
