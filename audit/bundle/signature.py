"""The signature of a checkpoint in a bundle: what was signed, by which key, and how openssl checks it."""

import base64
import binascii
import hashlib
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from audit.bundle.container import MALFORMED, Wrong

ED25519 = bytes.fromhex("302a300506032b6570032100")  # how the key of Ed25519 begins in DER, and one of SM2
SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SM2_TYPE, SM2_BYTES = b"\xffSM2", 65
VERIFY = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in body -sigfile sig"
BY_SM2 = " -digest sm3 -pkeyopt distid:1234567812345678"


def typed(key: bytes) -> bytes:
    """A key with what says of which kind it is: of Ed25519 by its 32 bytes, of SM2 by its 65."""
    return (SM2_TYPE if len(key) == SM2_BYTES else b"\1") + key


def untyped(content: bytes) -> bytes:
    """The key alone."""
    return content.removeprefix(SM2_TYPE) if content.startswith(SM2_TYPE) else content[1:]


def pem_of(key: bytes) -> str:
    """The key as openssl reads it."""
    whole = base64.b64encode((SM2 if len(key) == SM2_BYTES else ED25519) + key).decode()
    lines = [whole[at : at + 64] for at in range(0, len(whole), 64)]
    return "".join(f"{line}\n" for line in ("-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----"))


def signature_parts(files: dict[str, bytes]) -> tuple[bytes, bytes, bytes, str]:
    """Body, signature and key of the checkpoint, and the key's id;
    raises Wrong where its text does not hold just these.
    """
    place = "proof/checkpoint.txt"
    try:
        body, signature = files["proof/checkpoint.body"], files["proof/checkpoint.sig"]
        pem = files["proof/key.pem"].decode("ascii")
        whole = base64.b64decode("".join(pem.split("\n")[1:-2]), validate=True)
        key = whole.removeprefix(SM2 if whole.startswith(SM2) else ED25519)
        origin = body.split(b"\n", 1)[0]
        name = hashlib.sha256(origin + b"\n" + typed(key)).digest()[:4]
        line = f"— {origin.decode()} {base64.b64encode(name + signature).decode()}\n".encode()
    except (*MALFORMED, binascii.Error):
        raise Wrong(place, "读不懂", "cannot be read") from None
    if files.get(place) != body + b"\n" + line or pem != pem_of(key):
        raise Wrong(place, "存证点、签名、密钥不相配", "checkpoint, signature and key do not go together")
    return body, signature, key, name.hex()


Signs = Callable[[bytes, bytes, bytes], bool]  # whether a body bears a signature by a key


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
    return f"{origin}+{name}+{base64.b64encode(typed(key)).decode()}"


def _key_of(line: str, origin: str) -> tuple[bytes, bytes]:
    """The four bytes that name a key, and itself; raises Wrong where its line is another than it must be."""
    key = untyped(base64.b64decode(line.split("+", 2)[2]))
    name = hashlib.sha256(f"{origin}\n".encode() + typed(key)).digest()[:4]
    if line != line_of(origin, name.hex(), key):
        raise Wrong("proof/keys.txt", "读不懂", "cannot be read")
    return name, key


def openssl(body: bytes, signature: bytes, key: bytes) -> bool:
    """Whether openssl accepts a signature by a key; raises OSError where it does not know SM2."""
    is_sm2 = len(key) == SM2_BYTES
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("body", body), ("sig", signature), ("key.pem", pem_of(key).encode())):
            Path(folder, name).write_bytes(content)
        is_good = runs(VERIFY + BY_SM2 * is_sm2, folder)
    if is_sm2 and not is_good and not runs("openssl ecparam -name SM2 -noout", "."):
        raise OSError("an openssl without SM2")
    return is_good


def runs(command: str, folder: str) -> bool:
    """Whether a command succeeds."""
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0  # noqa: S603  fixed words


UNPROVEN = (
    "未能证实：没有 openssl（或它没有 SM2），签名没有核对，其余相符。"
    " UNPROVEN: no openssl, or one without SM2, so no signature was checked."
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
