"""Keys of SM2 (GB/T 32918) that sign checkpoints, by the `gmalg` package:
used as keys of Ed25519 are, and written as OpenSSL writes them.

A signature is that of GB/T 32918.2 with SM3 and the usual name of the signer, in DER (GM/T 0009), one way
alone to write it.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from gmalg import SM2
from gmalg.errors import GMError

POINT_BYTES: Final = 65  # 4, and the two coordinates
_SIGNER: Final = b"1234567812345678"  # by GB/T 35276, where nothing else was agreed
_COORDINATE: Final = 32
_ORDER: Final = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
_FIELD: Final = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
_BEFORE: Final = bytes.fromhex(
    "308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
)  # PKCS #8: before the private key, and below between it and the public one
_BETWEEN: Final = bytes.fromhex("a144034200")
_ARMOUR: Final = ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----")


class Sm2PublicKey:
    """A public key, by its 65 bytes. Raises ValueError where they are no point of the curve."""

    def __init__(self, point: bytes) -> None:
        if not _is_point(point):
            raise ValueError("no key of SM2")
        self.point = point

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raises InvalidSignature where a signature over some bytes does not hold."""
        try:
            r, s = _numbers(signature)
            holds = SM2(uid=_SIGNER, pk=self.point).verify(data, r, s)
        except (ValueError, TypeError, GMError):
            holds = False
        if not holds:
            raise InvalidSignature


class Sm2PrivateKey:
    """A private key, by its 32 bytes: a number from 1 to the order of the curve less 2, since nothing can be
    signed with the next one (GB/T 32918.1). Raises ValueError for another.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _COORDINATE or not 0 < int.from_bytes(secret) < _ORDER - 1:
            raise ValueError("私钥数值超出 SM2 的范围 the number is out of range for a private key of SM2")
        self._secret = secret
        self._point = SM2().generate_pk(secret)

    @staticmethod
    def generate() -> "Sm2PrivateKey":
        """A further key, from the system's source of chance."""
        secret, _ = SM2().generate_keypair()
        return Sm2PrivateKey(secret.rjust(_COORDINATE, b"\0"))

    def public_key(self) -> Sm2PublicKey:
        """What verifies its signatures."""
        return Sm2PublicKey(self._point)

    def sign(self, data: bytes) -> bytes:
        """A signature over some bytes."""
        r, s = SM2(self._secret, _SIGNER, self._point).sign(data)
        content = _integer(r) + _integer(s)
        return bytes([0x30, len(content)]) + content

    def pem(self) -> bytes:
        """The key as a file of PKCS #8."""
        whole = b64encode(_BEFORE + self._secret + _BETWEEN + self._point).decode()
        lines = [whole[at : at + 64] for at in range(0, len(whole), 64)]
        return "".join(f"{line}\n" for line in (_ARMOUR[0], *lines, _ARMOUR[1])).encode()


def is_sm2(pem: bytes) -> bool:
    """Whether a file of PKCS #8 says that it holds a key of SM2."""
    return _content(pem)[: len(_BEFORE)] == _BEFORE


def sm2_of(pem: bytes) -> Sm2PrivateKey:
    """The key of a file as `pem` and OpenSSL write it. Raises ValueError for another."""
    content = _content(pem)
    key = Sm2PrivateKey(content[len(_BEFORE) : len(_BEFORE) + _COORDINATE])
    if _content(key.pem()) != content:
        raise ValueError("no private key of SM2")
    return key


def _content(pem: bytes) -> bytes:
    lines = pem.decode("ascii", "replace").split()
    try:
        return b64decode("".join(lines[3:-3]), validate=True)
    except NotBase64:
        return b""


@lru_cache(maxsize=64)
def _is_point(point: bytes) -> bool:
    """Whether bytes are a point of the curve, with both coordinates; looked at once, for it takes long."""
    coordinates = (point[1 : 1 + _COORDINATE], point[1 + _COORDINATE :])
    if len(point) != POINT_BYTES or point[0] != 4:  # noqa: PLR2004  the mark of both coordinates
        return False
    return all(int.from_bytes(one) < _FIELD for one in coordinates) and bool(SM2().verify_pk(point))


def _integer(value: bytes) -> bytes:
    """A number of a signature in DER, by its bytes."""
    plain = value.lstrip(b"\0") or b"\0"
    whole = b"\0" + plain if plain[0] & 0x80 else plain
    return bytes([2, len(whole)]) + whole


def _numbers(signature: bytes) -> tuple[bytes, bytes]:
    """Both numbers of a signature. Raises ValueError where it is not written in the one way."""
    size = signature[3] if len(signature) > 3 else 0  # noqa: PLR2004  where the length of the first number stands
    r, s = signature[4 : 4 + size], signature[6 + size :]
    content = _integer(r) + _integer(s)
    if signature != bytes([0x30, len(content) & 0xFF]) + content:
        raise ValueError("no signature of SM2")
    return r.lstrip(b"\0"), s.lstrip(b"\0")
