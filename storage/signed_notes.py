"""Signed notes and checkpoints, as C2SP defines them (signed-note, tlog-checkpoint):
texts that anyone checks by hand.

A note is its text, an empty line, and a line for each signature: `— NAME BASE64`,
of four bytes that name the key and a signature over the text, its last line feed included: the 64 bytes of
Ed25519, or those of SM2.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from storage.merkle import LogHash
from storage.sm2_keys import POINT_BYTES, Sm2PrivateKey, Sm2PublicKey

PrivateKey = Ed25519PrivateKey | Sm2PrivateKey
PublicKey = Ed25519PublicKey | Sm2PublicKey
ED25519_TYPE: Final = b"\x01"  # in a key's own line
SM2_TYPE: Final = b"\xffSM2"  # as C2SP has it for a kind that has no number there
KEY_FIRST_LINE: Final = "huiying/key/v1"
_KEY_BYTES: Final = 4
_SIGNATURE: Final = re.compile(r"— (?P<name>[^\s+]{1,200}) (?P<signature>[A-Za-z0-9+/]{80,200}={0,2})")
_INSTANT: Final = re.compile(r"time (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
_LONGEST: Final = 10_000
_CHECKPOINT_LINES: Final = (4, 5)
_KEY_LINES: Final = 5


class NoteUnreadable(Exception):  # noqa: N818  named for what was found
    """A text that is no note, or no checkpoint; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text with its signatures: each under whose name, the id of its key, and the signature."""

    text: str
    signatures: tuple[tuple[str, str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a checkpoint says: of which log, how many leaves, under which root, when it was signed,
    and by which hash the log is made.
    """

    origin: str
    size: int
    root: bytes
    at: datetime
    log_hash: LogHash = LogHash.SHA256


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnnouncement:
    """What announces a key: of which log, the key's own line, and the line of the one before,
    empty for the first.
    """

    origin: str
    line: str
    before: str
    at: datetime


def origin_of(installation: str) -> str:
    """The name of the log of an installation."""
    return f"huiying/{installation}"


def key_id(origin: str, public: PublicKey) -> str:
    """The four bytes that name a key, in hexadecimal: SHA-256 over name, line feed, type and key."""
    return hashlib.sha256(f"{origin}\n".encode() + typed(public)).digest()[:_KEY_BYTES].hex()


def raw(public: PublicKey) -> bytes:
    """The 32 bytes of a public key of Ed25519, the 65 of one of SM2."""
    if isinstance(public, Sm2PublicKey):
        return public.point
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def typed(public: PublicKey) -> bytes:
    """A public key with what says of which kind it is."""
    return (SM2_TYPE if isinstance(public, Sm2PublicKey) else ED25519_TYPE) + raw(public)


def public_of(content: bytes) -> PublicKey:
    """The public key of its bytes, which its kind tells by their number. Raises ValueError."""
    if len(content) == POINT_BYTES:
        return Sm2PublicKey(content)
    return Ed25519PublicKey.from_public_bytes(content)


def key_line(origin: str, public: PublicKey) -> str:
    """A public key in one line, `NAME+ID+BASE64`, as C2SP writes it."""
    return f"{origin}+{key_id(origin, public)}+{base64.b64encode(typed(public)).decode()}"


def key_of(line: str) -> tuple[str, PublicKey]:
    """The id and the key of such a line. Raises Unreadable."""
    origin, _, rest = line.partition("+")
    name, _, encoded = rest.partition("+")
    try:
        content = base64.b64decode(encoded, validate=True)
        public = public_of(content.removeprefix(SM2_TYPE if content[:4] == SM2_TYPE else ED25519_TYPE))
    except (ValueError, binascii.Error) as error:
        raise NoteUnreadable("no key of Ed25519 or SM2") from error
    if content != typed(public) or name != key_id(origin, public):
        raise NoteUnreadable("a key under another key's name")
    return name, public


def signed(text: str, origin: str, keys: Sequence[PrivateKey]) -> str:
    """A text with its signatures."""
    lines = [f"— {origin} {_signature(text, origin, key)}\n" for key in keys]
    return f"{text}\n{''.join(lines)}"


def _signature(text: str, origin: str, key: PrivateKey) -> str:
    name = bytes.fromhex(key_id(origin, key.public_key()))
    return base64.b64encode(name + key.sign(text.encode())).decode()


def note_of(content: str) -> SignedNote:
    """A note from its text. Raises Unreadable."""
    text, blank, rest = content.rpartition("\n\n")
    matches = [_SIGNATURE.fullmatch(line) for line in rest.splitlines()]
    if len(content) > _LONGEST or not blank or not rest.endswith("\n") or not matches or not all(matches):
        raise NoteUnreadable("no signed note")
    return SignedNote(f"{text}\n", tuple(_signature_of(match) for match in matches if match))


def _signature_of(match: re.Match[str]) -> tuple[str, str, bytes]:
    whole = base64.b64decode(match["signature"])
    if base64.b64encode(whole).decode() != match["signature"]:
        raise NoteUnreadable("no signed note")
    return match["name"], whole[:_KEY_BYTES].hex(), whole[_KEY_BYTES:]


def is_signature(body: bytes, signature: bytes, key: bytes) -> bool:
    """Whether a signature holds; the key by its 32 or 65 bytes."""
    try:
        public_of(key).verify(signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signed(note: SignedNote, origin: str, name: str, public: PublicKey) -> bool:
    """Whether a key of a name has signed a note for a log."""
    for log, signer, signature in note.signatures:
        if (log, signer) == (origin, name):
            try:
                public.verify(signature, note.text.encode())
            except InvalidSignature:
                continue
            return True
    return False


def checkpoint_text(checkpoint: Checkpoint) -> str:
    """What is signed of a checkpoint: origin, size, root, the instant to the second,
    and the hash unless that is SHA-256.
    """
    root = base64.b64encode(checkpoint.root).decode()
    by = f"hash {checkpoint.log_hash}\n" if checkpoint.log_hash is not LogHash.SHA256 else ""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\ntime {_instant(checkpoint.at)}\n{by}"


def checkpoint_of(note: SignedNote) -> Checkpoint:
    """What a note says as a checkpoint. Raises Unreadable."""
    lines = note.text.splitlines()
    instant = _INSTANT.fullmatch(lines[3]) if len(lines) in _CHECKPOINT_LINES else None
    if instant is None or not re.fullmatch(r"0|[1-9]\d{0,15}", lines[1]):
        raise NoteUnreadable("no checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
        at = datetime.fromisoformat(instant[1])
        by = LogHash(lines[4].removeprefix("hash ")) if lines[4:] else LogHash.SHA256
    except (ValueError, binascii.Error) as error:
        raise NoteUnreadable("no checkpoint") from error
    checkpoint = Checkpoint(origin=lines[0], size=int(lines[1]), root=root, at=at, log_hash=by)
    if checkpoint_text(checkpoint) != note.text:
        raise NoteUnreadable("no checkpoint")
    return checkpoint


def key_text(announcement: KeyAnnouncement) -> str:
    """What is signed of the announcement of a key."""
    lines = (KEY_FIRST_LINE, announcement.origin, announcement.line, announcement.before or "-")
    return "".join(f"{line}\n" for line in (*lines, f"time {_instant(announcement.at)}"))


def announcement_of(note: SignedNote) -> KeyAnnouncement | None:
    """What a note says as the announcement of a key; None for another note. Raises Unreadable."""
    lines = note.text.splitlines()
    if not lines or lines[0] != KEY_FIRST_LINE:
        return None
    instant = _INSTANT.fullmatch(lines[4]) if len(lines) == _KEY_LINES else None
    try:
        at = datetime.fromisoformat(instant[1]) if instant else None
    except ValueError:
        at = None
    if at is None:
        raise NoteUnreadable("no announcement of a key")
    before = "" if lines[3] == "-" else lines[3]
    announcement = KeyAnnouncement(origin=lines[1], line=lines[2], before=before, at=at)
    if key_text(announcement) != note.text:
        raise NoteUnreadable("no announcement of a key")
    return announcement


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def notes_in(content: str) -> Iterator[tuple[int, str]]:
    """The notes of a file, each with the number of its first line;
    what is no note comes as it stands, for the reader to refuse.

    Between notes there is an empty line; two of them end one that was broken off.
    """
    block: list[str] = []
    begun = 0
    for number, line in enumerate(content.split("\n"), start=1):
        is_over = bool(block) and block[-1].startswith("— ") and not line.startswith("— ")
        if is_over or (not line and "" in block):
            yield begun, "".join(f"{one}\n" for one in block)
            block = []
        if not block:
            if not line:
                continue
            begun = number
        block.append(line)
    if block:
        yield begun, "".join(f"{one}\n" for one in block)


def announced(content: str, before: str) -> KeyAnnouncement:
    """The announcement of a key that follows the one whose line is `before`, empty for the first.

    Raises Unreadable.

    It names that line and no other, and bears the signatures of the key itself and of that one, each once,
    and none beside.
    """
    note = note_of(content)
    announcement = announcement_of(note)
    if announcement is None:
        raise NoteUnreadable("no announcement of a key")
    if announcement.before != before:
        raise NoteUnreadable("it does not follow the last key that is vouched for")
    lines = [announcement.line, *([before] if before else [])]
    keys = dict(map(key_of, lines))
    log = announcement.origin
    if any(not line.startswith(f"{log}+") for line in lines) or len(keys) != len(lines):
        raise NoteUnreadable("a key of another log, or one that follows itself")
    if sorted((origin, name) for origin, name, _ in note.signatures) != sorted((log, name) for name in keys):
        raise NoteUnreadable("not signed by just itself and the one before")
    if not all(is_signed(note, log, name, public) for name, public in keys.items()):
        raise NoteUnreadable("no such signatures")
    return announcement


def vouched(announcements: Sequence[str]) -> tuple[dict[str, PublicKey], dict[int, str]]:
    """The keys that announcements lead to, by their ids,
    and of each that leads to none its place and what is wrong with it.

    The first is taken at its own word; each after it as `announced` has it, from the last that was good.
    One that stands there once more, letter by letter, is passed over.
    """
    keys: dict[str, PublicKey] = {}
    wrong: dict[int, str] = {}
    last, good = "", set[str]()
    for place, content in enumerate(announcements):
        if content in good:
            continue
        try:
            announcement = announced(content, last)
            name, public = key_of(announcement.line)
        except NoteUnreadable as error:
            wrong[place] = str(error)
            continue
        if name in keys:
            wrong[place] = "a key under another key's name"
            continue
        keys[name], last = public, announcement.line
        good.add(content)
    return keys, wrong
