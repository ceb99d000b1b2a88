"""A time-stamping authority of the tests' own: a certificate authority, its time-stamping key,
and `openssl` that answers.
"""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAY = timedelta(days=1)
_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/stamper.pem
signer_key = {folder}/stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """Its folder; `root` is the certificate that whoever checks must have."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, request: Path) -> Path:
        """The response to a request."""
        response = request.with_suffix(".tsr")
        self._openssl("-reply", "-config", self.folder / "config", "-queryfile", request, "-out", response)
        return response

    def accepts(self, content: bytes, response: Path) -> bool:
        """Whether `openssl ts -verify` finds that the response stamps the content."""
        data = self.folder / "data"
        data.write_bytes(content)
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-data", data, "-in", response, "-CAfile", self.root],
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _openssl(self, *arguments: object) -> None:
        subprocess.run(["openssl", "ts", *map(str, arguments)], check=True, capture_output=True)


def authority(folder: Path, *, until: datetime | None = None) -> Authority:
    """Make one; its time-stamping certificate is good `until`, by default for a day."""
    folder.mkdir()
    now = datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, name = _named("时间戳根"), _named("时间戳服务")
    root = (
        _begun(root_name, root_name, root_key, now + _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    stamper = (
        _begun(name, root_name, key, until or now + _DAY)
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "stamper.pem").write_bytes(stamper.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "stamper.key").write_bytes(plain)
    (folder / "serial").write_text("01\n")
    (folder / "config").write_text(_CONFIG.format(folder=folder))
    return Authority(folder)


def _named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - _DAY)
        .not_valid_after(until)
    )
