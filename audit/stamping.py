"""Time stamps of RFC 3161 on checkpoints: what is asked of an authority, and what its answer proves,
verified without a network.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy import Connection

from storage.checkpoints import StoredCheckpoint, checkpoints
from storage.database import Database
from storage.sealed_log import leaves_of
from storage.stamps import StoredStamp, stamps

LONGEST: Final = 100_000  # bytes of a response, and characters of certificates
_HASHES: Final = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_SHA2: Final = bytes.fromhex("06096086480165030402")  # how the ids of the three begin in DER
_OTHER_HASH: Final = "a hash other than SHA-256, SHA-384 and SHA-512"
_WHY_SHOWN: Final = 120
MOST_IN_A_BUNDLE: Final = 200


class NoStamp(Exception):  # noqa: N818  named for what was found
    """A response that stamps no checkpoint of this log, or that these certificates do not bear out;
    the message says why.
    """


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an authority, by the name of its certificate, had the text before it."""

    at: datetime
    authority: str


def request_for(note: str) -> bytes:
    """The request (DER) for a stamp on the whole text of a checkpoint, by its SHA-256;
    the answer is to hold the certificate.
    """
    builder = TimestampRequestBuilder(data=note.encode(), hash_algorithm=HashAlgorithm.SHA256)
    return builder.build().as_bytes()


def stamp_on(note: str, response: bytes, certificates: str) -> Stamp:
    """What a response (DER) proves of a text, by the authority's certificates (PEM:
    roots, and those between). Raises NoStamp.

    1. It was granted, and signed by a certificate for time stamps that leads to one of the roots.
    2. The certificates were good at the time that is stamped;
       that they have run out since takes nothing away.
    3. What is stamped is the text.
    """
    answer = _decoded(response)
    authority = _read(certificates)
    roots = [one for one in authority if one.issuer == one.subject]
    if not roots:
        raise NoStamp("no root among the certificates of the authority")
    between = [one for one in authority if one.issuer != one.subject]
    try:
        VerifierBuilder(roots=roots, intermediates=between).build().verify_message(answer, note.encode())
    except (VerificationError, ValueError) as error:
        raise NoStamp(str(error)[:_WHY_SHOWN]) from None
    signer = _signer(answer, authority)
    return Stamp(at=answer.tst_info.gen_time, authority=signer.subject.rfc4514_string())


def request_answered(response: bytes) -> bytes:
    """The request (DER) that a response answers, as `request_for` writes it: with its imprint and nonce."""
    info = _decoded(response).tst_info
    imprint = info.message_imprint
    name = _HASHES.get(imprint.hash_algorithm.dotted_string)
    if name is None:
        raise NoStamp(_OTHER_HASH)
    algorithm = _der(0x30, _SHA2 + bytes([1 + [*_HASHES.values()].index(name)]) + b"\x05\x00")
    number = cast("int | None", info.nonce)
    nonce = b"" if number is None else _der(0x02, number.to_bytes(number.bit_length() // 8 + 1))
    body = _der(0x30, algorithm + _der(0x04, imprint.message)) + nonce + _der(0x01, b"\xff")
    return _der(0x30, _der(0x02, b"\x01") + body)


def _der(tag: int, content: bytes) -> bytes:
    """A value of less than 128 bytes."""
    return bytes([tag, len(content)]) + content


def _decoded(response: bytes) -> TimeStampResponse:
    if len(response) > LONGEST:
        raise NoStamp("longer than any response")
    try:
        answer = decode_timestamp_response(response)
    except ValueError as error:
        raise NoStamp(f"no response of RFC 3161: {str(error)[:_WHY_SHOWN]}") from None
    if answer.status != PKIStatus.GRANTED:
        raise NoStamp(f"not granted: status {answer.status}")
    return answer


def _read(certificates: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(certificates[:LONGEST].encode())
    except ValueError:
        raise NoStamp("no certificates in PEM") from None


def _signer(answer: TimeStampResponse, authority: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate that signed, from the answer or from the authority's;
    a verified answer names just one.
    """
    (info,) = answer.signed_data.signer_infos
    inside = map(x509.load_der_x509_certificate, answer.signed_data.certificates)
    for one in (*inside, *authority):
        if (one.issuer, one.serial_number) == (info.issuer, info.serial_number):
            return one
    raise NoStamp("the certificate that signed is not there")


def stamped_by_library(note: bytes, certificates: bytes, request: bytes, response: bytes) -> str:
    """The instant that is stamped, empty where it does not hold or answers another request."""
    try:
        stamp = stamp_on(note.decode(), response, certificates.decode())
        is_answer = request_answered(response) == request
    except (NoStamp, UnicodeDecodeError):
        return ""
    return f"{stamp.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if is_answer else ""


def stamp_of_one(
    among: Iterable[StoredCheckpoint], response: bytes, certificates: str
) -> tuple[StoredCheckpoint, StoredStamp]:
    """The checkpoint that a response stamps, and the stamp to keep. Raises NoStamp."""
    imprint = _decoded(response).tst_info.message_imprint
    name = _HASHES.get(imprint.hash_algorithm.dotted_string)
    if name is None:
        raise NoStamp(_OTHER_HASH)
    for one in among:
        if hashlib.new(name, one.note.encode()).digest() == imprint.message:
            stamp = stamp_on(one.note, response, certificates)
            return one, StoredStamp(
                checkpoint=one.position,
                stamped_at=stamp.at,
                authority=stamp.authority,
                response=response,
                certificates=certificates,
            )
    raise NoStamp("it stamps no checkpoint of this log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A stamp that is kept: on which checkpoint, and what is wrong with it; empty for nothing."""

    size: int
    note: str
    stamp: StoredStamp
    wrong: str


async def kept_stamps(database: Database) -> tuple[Stamped, ...]:
    """All stamps that are kept, each verified anew, in the order in which they were added."""
    async with database.snapshot() as session:
        return await (await session.connection()).run_sync(verified_stamps)


def verified_stamps(connection: Connection) -> tuple[Stamped, ...]:
    """As `kept_stamps`, in a transaction."""
    by_position = {one.position: one for one in checkpoints(connection)}
    return tuple(_verified(by_position.get(one.checkpoint), one) for one in stamps(connection))


def stamps_about(connection: Connection, incident_id: str) -> tuple[Stamped, ...]:
    """The stamps that date the records of a case: for each those on the first stamped checkpoint
    that covers it.

    Of many the last `MOST_IN_A_BUNDLE`, which cover all; one that does not hold any more is passed over.
    """
    chosen: list[Stamped] = []
    left = [leaf.position for leaf in leaves_of(connection, incident_id)]
    by_position = {one.position: one for one in checkpoints(connection)}
    standing = [
        (by_position[stamp.checkpoint], stamp)
        for stamp in stamps(connection)
        if stamp.checkpoint in by_position
    ]
    for checkpoint, stamp in sorted(standing, key=lambda pair: pair[0].size):
        size = checkpoint.size
        is_covered = bool(chosen) and chosen[-1].size == size
        if not is_covered and not (left and left[0] < size):
            continue
        one = _verified(checkpoint, stamp)
        if not one.wrong:
            chosen.append(one)
            left = [place for place in left if place >= size]
    return tuple(chosen[-MOST_IN_A_BUNDLE:])


def _verified(checkpoint: StoredCheckpoint | None, stamp: StoredStamp) -> Stamped:
    if checkpoint is None:
        return Stamped(size=0, note="", stamp=stamp, wrong="the checkpoint that it stamps is gone")
    try:
        says = stamp_on(checkpoint.note, stamp.response, stamp.certificates)
    except NoStamp as why:
        return Stamped(size=checkpoint.size, note=checkpoint.note, stamp=stamp, wrong=str(why))
    stands = (says.at, says.authority) == (stamp.stamped_at, stamp.authority)
    wrong = "" if stands else "another time or authority than the response has"
    return Stamped(size=checkpoint.size, note=checkpoint.note, stamp=stamp, wrong=wrong)
