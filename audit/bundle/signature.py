"""The signature of a checkpoint in a bundle: what was signed, by which key, and how openssl checks it."""

import base64
import binascii
import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from audit.bundle.container import MALFORMED, Wrong

ED25519 = bytes.fromhex("302a300506032b6570032100")  # how the key of Ed25519 begins in DER


def signature_parts(files: dict[str, bytes]) -> tuple[bytes, bytes, bytes, str]:
    """Body, signature and key of the checkpoint, and the key's id;
    raises Wrong where its text does not hold just these.
    """
    place = "proof/checkpoint.txt"
    try:
        body, signature = files["proof/checkpoint.body"], files["proof/checkpoint.sig"]
        pem = files["proof/key.pem"].decode("ascii")
        key = base64.b64decode("".join(pem.split("\n")[1:-2]), validate=True)[-32:]
        origin = body.split(b"\n", 1)[0]
        name = hashlib.sha256(origin + b"\n\1" + key).digest()[:4]
        line = f"— {origin.decode()} {base64.b64encode(name + signature).decode()}\n".encode()
    except (*MALFORMED, binascii.Error):
        raise Wrong(place, "读不懂", "cannot be read") from None
    whole = (
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(ED25519 + key).decode()}\n-----END PUBLIC KEY-----\n"
    )
    if files.get(place) != body + b"\n" + line or pem != whole:
        raise Wrong(place, "存证点、签名、密钥不相配", "checkpoint, signature and key do not go together")
    return body, signature, key, name.hex()


Signs = Callable[[bytes, bytes, bytes], bool]  # whether a body bears a signature by a key of 32 bytes


def is_announced(files: dict[str, bytes], is_signed: Signs) -> bool:
    """Whether the announcements of keys in the bundle are one chain,
    and the key of the checkpoint stands in it.

    Each names the line of the one before, the first none, and bears the signatures of both,
    once each, and no other.
    """
    body, _, key, name = signature_parts(files)
    origin = body.split(b"\n", 1)[0].decode()
    text, before, chain = files["proof/keys.txt"].decode(), "", []
    notes = text.split("\n\n")
    if not text.endswith("\n\n") or len(notes) % 2 == 0:
        return False
    for signed, signatures in zip(notes[:-1:2], notes[1::2], strict=True):
        first, log, line, follows, *when = signed.split("\n")
        if (first, log, follows, len(when)) != ("huiying/key/v1", origin, before or "-", 1):
            return False
        wanted = dict(_key_of(one, origin) for one in (line, *([before] if before else [])))
        if line in chain or len(wanted) != 1 + bool(before):
            return False
        for one in signatures.split("\n"):
            dash, log, encoded = one.split(" ")
            signature = base64.b64decode(encoded, validate=True)
            signer = wanted.pop(signature[:4], b"")
            is_well = (dash, log, bool(signer)) == ("—", origin, True)
            is_well = is_well and base64.b64encode(signature).decode() == encoded
            if not is_well or not is_signed(f"{signed}\n".encode(), signature[4:], signer):
                return False
        if wanted:
            return False
        before = line
        chain.append(line)
    return line_of(origin, name, key) in chain


def line_of(origin: str, name: str, key: bytes) -> str:
    """The line of a key."""
    return f"{origin}+{name}+{base64.b64encode(bytes([1]) + key).decode()}"


def _key_of(line: str, origin: str) -> tuple[bytes, bytes]:
    """The four bytes that name a key, and its 32; raises Wrong where its line is another than it must be."""
    key = base64.b64decode(line.split("+", 2)[2])[1:]
    name = hashlib.sha256(f"{origin}\n".encode() + b"\1" + key).digest()[:4]
    if line != line_of(origin, name.hex(), key):
        raise Wrong("proof/keys.txt", "读不懂", "cannot be read")
    return name, key


def openssl(body: bytes, signature: bytes, key: bytes) -> bool:
    """Whether openssl accepts a signature by a key of 32 bytes."""
    pem = (
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(ED25519 + key).decode()}\n-----END PUBLIC KEY-----\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("body", body), ("sig", signature), ("key.pem", pem.encode())):
            Path(folder, name).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile sig"
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)  # noqa: S603  fixed words
    return done.returncode == 0


UNPROVEN = (
    "未能证实：没有 openssl，签名没有核对，其余相符。 UNPROVEN: no openssl, so no signature was checked."
)


class Openssl:
    """`openssl` as `Signs`. Where it is missing a signature passes, so that all else is looked at, and
    `is_missing` says that none was checked.
    """

    is_missing = False

    def __call__(self, body: bytes, signature: bytes, key: bytes) -> bool:
        """Whether the signature holds, as far as anybody can say."""
        try:
            return openssl(body, signature, key)
        except OSError:
            self.is_missing = True
            return True
