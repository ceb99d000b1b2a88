"""The signature of a checkpoint in a bundle: what was signed, by which key, and how openssl checks it."""

import base64
import binascii
import hashlib
import subprocess
import tempfile
from pathlib import Path

from audit.bundle.container import MALFORMED, Wrong

ED25519 = bytes.fromhex("302a300506032b6570032100")  # how the key of Ed25519 begins in DER


def signature_parts(files: dict[str, bytes]) -> tuple[bytes, bytes, bytes, str]:
    """Body, signature and key of the checkpoint, and the key's id; raises Wrong where its text does not hold just these."""
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


def is_announced(files: dict[str, bytes]) -> bool:
    """Whether the key stands among the announcements of keys that lie in the bundle, in a line of its own."""
    body, _, key, name = signature_parts(files)
    origin = body.split(b"\n", 1)[0].decode()
    line = f"{origin}+{name}+{base64.b64encode(bytes([1]) + key).decode()}"
    return line in files.get("proof/keys.txt", b"").decode().split("\n")


def openssl(files: dict[str, bytes]) -> bool:
    """Whether openssl accepts the signature of the checkpoint."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("checkpoint.body", "checkpoint.sig", "key.pem"):
            Path(folder, name).write_bytes(files[f"proof/{name}"])
        command = (
            "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.body -sigfile checkpoint.sig"
        )
        done = subprocess.run(command.split(), cwd=folder, capture_output=True, check=False)  # noqa: S603
    return done.returncode == 0
