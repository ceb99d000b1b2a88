"""A device that holds passkeys (WebAuthn), as honest or as false as a test asks:
it answers what a page asks of a browser.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any, Final

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

HERE: Final = "http://localhost:8000"
_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey; what is not as it should be is set on it before it answers."""

    origin: str = HERE
    rp_id: str = "localhost"
    count: int = 1
    flags: int = _PRESENT | _VERIFIED
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str | None = None

    def makes(self, wish: dict[str, Any], **client: Any) -> str:
        """The answer to `navigator.credentials.create`; `client` replaces parts of what the browser says."""
        self.user = wish["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(_ATTESTED) + attested
        said = self._said("webauthn.create", wish, client)
        return self._answer(
            {
                "clientDataJSON": text(said),
                "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            }
        )

    def signs(self, wish: dict[str, Any], **client: Any) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += 1
        data, said = self._data(), self._said("webauthn.get", wish, client)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(said),
            "authenticatorData": text(data),
            "signature": text(signature),
        }
        return self._answer({**response, "userHandle": self.user})

    def _data(self, more: int = 0) -> bytes:
        flags = (self.flags | more).to_bytes(1, "big")
        return hashlib.sha256(self.rp_id.encode()).digest() + flags + self.count.to_bytes(4, "big")

    def _said(self, kind: str, wish: dict[str, Any], client: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": wish["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | client).encode()

    def _answer(self, response: dict[str, str | None]) -> str:
        named = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        return json.dumps({**named, "response": response, "clientExtensionResults": {}})


def text(content: bytes) -> str:
    """Bytes as a browser writes them into JSON."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def content_of(written: str) -> bytes:
    """The bytes that a browser has written so."""
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))
