"""The keys of texts on their way: one for each, in a file per case;
a text whose key is destroyed is unreadable for good.

A text travels to its case sealed under its own key, inside the seal of the house (decision 0033).
Nothing but the ledger, which keeps it in clear, can say what it was once that key is gone.
"""

import fcntl
import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.catalogue import Submission
from domain.terms.copies import changed
from domain.terms.free_texts import CaseText, filled_from, reference
from storage.codec import COMMAND, canonical

FOLDER: Final = "texts"  # beside the keys of the house
SUFFIX: Final = ".texts"
OLD: Final = ".old"  # a file that was replaced, until it is overwritten
_NONCE: Final = 12
_BYTES: Final = 32
_DIGITS: Final = 32  # of a body, since a case carries a thousand
_OF_BODIES: Final = "bodies"  # the key under which bodies of commands are compared


class HouseKeys(Protocol):
    """The keys of the house, by which those of texts are wrapped."""

    folder: Path

    def current(self) -> tuple[str, AESGCM]:
        """The key to wrap by, and its name."""
        ...

    def cipher(self, name: str) -> AESGCM | None:
        """The key of a name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGone:
    """When the key of a text was destroyed, and why (a code)."""

    at: datetime
    why: str


@dataclass(slots=True)
class _Ring:
    """What the file of a case says: the wrapped keys by references, and those that are gone."""

    wrapped: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: dict[str, KeyGone] = field(default_factory=dict)


class TextKeys:
    """The keys of texts in one folder: `texts`, beside the keys of the house."""

    def __init__(self, house: HouseKeys) -> None:
        self._house = house
        self._folder = house.folder / FOLDER

    def closed(self, incident_id: str, submission: Submission) -> Submission:
        """The submission with its texts sealed, each under its own key, and by what its body is known again.

        The keys are on the disk before anything is sent.
        Raises OSError, and NoKey without a key of the house.
        """
        texts = [text for text in submission.texts if not text.is_closed]
        if not texts:
            return submission
        keys = self._made(incident_id, (_OF_BODIES, *(text.reference for text in texts)))
        closed = tuple(_closed(text, incident_id, *keys[text.reference]) for text in texts)
        return changed(submission, texts=closed, body=_body(submission, *keys[_OF_BODIES]))

    def body(self, incident_id: str, submission: Submission) -> str:
        """By what the submission, with its texts in clear, is known again. Raises as `closed`."""
        return _body(submission, *self._made(incident_id, (_OF_BODIES,))[_OF_BODIES])

    def opened(self, incident_id: str, texts: Sequence[CaseText]) -> tuple[CaseText, ...]:
        """Those of the texts that open: one whose key is gone,
        or that is not what its reference says, does not.
        """
        closed = {text.reference for text in texts if text.is_closed}
        if not closed:
            return tuple(texts)
        ring = _read(self._file(incident_id), closed)
        clear = []
        for text in texts:
            wrapped = ring.wrapped.get(text.reference)
            if not text.is_closed:
                clear.append(text)
            elif wrapped is not None and (key := self._unwrapped(incident_id, text.reference, wrapped)):
                clear += _opened(text, incident_id, key)
        return tuple(clear)

    def gone(self, incident_id: str) -> dict[str, KeyGone]:
        """The references of a case's texts whose keys were destroyed."""
        return _read(self._file(incident_id)).gone

    def standing(self, incident_id: str, references: Collection[str]) -> list[str]:
        """Those of the references whose keys still stand somewhere in the folder."""
        file = self._file(incident_id)
        rings = [_read(one, references) for one in (file, *_replaced(file))]
        return [name for name in references if any(name in ring.wrapped for ring in rings)]

    def destroy(self, incident_id: str, references: Collection[str], at: datetime, why: str) -> None:
        """Destroy the keys of texts for good, with that of bodies; once, however often it is called.

        The file is written anew without them, takes the place of the old one,
        and that is overwritten and removed. Killed in the middle, the next call ends it. Raises OSError.
        """
        file = self._file(incident_id)
        with _locked(file) as place:
            _clear(file)
            ring = _read(file)
            fresh = {name: KeyGone(at=at, why=why) for name in references if name not in ring.gone}
            if not fresh and not ring.wrapped.keys() & set(references):
                return
            ring.gone.update(fresh)
            for name in (_OF_BODIES, *references):
                ring.wrapped.pop(name, None)
            new = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
            _write_new(new, _lines(ring), place)
            os.link(file, f"{file}.{secrets.token_hex(4)}{OLD}")
            new.replace(file)
            _sync(self._folder)
            _clear(file)
            _sync(self._folder)

    def destroy_all(self, incident_id: str, at: datetime, why: str) -> None:
        """Destroy every key of a case for good; nothing where it has none. Raises OSError."""
        if (file := self._file(incident_id)).exists():
            self.destroy(incident_id, _read(file).wrapped.keys() - {_OF_BODIES}, at, why)

    def _made(self, incident_id: str, names: Collection[str]) -> dict[str, tuple[str, bytes]]:
        """The keys of these names, each with a name of its own; made where there are none."""
        file = self._file(incident_id)
        with _locked(file) as place:
            ring = _read(file, names)
            bodies = ring.wrapped.get(_OF_BODIES)
            if bodies and self._unwrapped(incident_id, _OF_BODIES, bodies) is None:
                del ring.wrapped[_OF_BODIES]  # its key of the house was given up
            missing = [name for name in names if name not in ring.wrapped]
            fresh = {name: self._wrapped(incident_id, name) for name in missing}
            if fresh:
                _append(place, [{"ref": name, **one} for name, one in fresh.items()])
            wrapped = ring.wrapped | fresh
        keys = {}
        for name in names:
            key = self._unwrapped(incident_id, name, wrapped[name])
            if key is None:
                raise OSError(f"a key of {file.name} does not open")
            keys[name] = (wrapped[name]["id"], key)
        return keys

    def _wrapped(self, incident_id: str, name: str) -> dict[str, str]:
        house, cipher = self._house.current()
        nonce, key = os.urandom(_NONCE), secrets.token_bytes(_BYTES)
        sealed = cipher.encrypt(nonce, key, _bound("huiying text key 1", incident_id, name, house))
        return {"id": secrets.token_hex(4), "house": house, "key": b64encode(nonce + sealed).decode()}

    def _unwrapped(self, incident_id: str, name: str, wrapped: Mapping[str, str]) -> bytes | None:
        house = wrapped["house"]
        cipher = self._house.cipher(house)
        if cipher is None:
            return None
        sealed = b64decode(wrapped["key"])
        try:
            return cipher.decrypt(
                sealed[:_NONCE], sealed[_NONCE:], _bound("huiying text key 1", incident_id, name, house)
            )
        except InvalidTag:
            return None

    def _file(self, incident_id: str) -> Path:
        return self._folder / f"{hashlib.sha256(incident_id.encode()).hexdigest()[:32]}{SUFFIX}"


def _body(submission: Submission, name: str, key: bytes) -> str:
    """A digest that says nothing to whoever lacks the key, with the key's name."""
    command = filled_from(submission.command, submission.texts)
    content = canonical(COMMAND.dump_python(command, mode="json"))
    return f"{name}:{hmac.new(key, content, hashlib.sha256).hexdigest()[:_DIGITS]}"


def _closed(text: CaseText, incident_id: str, name: str, key: bytes) -> CaseText:
    nonce = os.urandom(_NONCE)
    content = json.dumps([text.salt, text.text], ensure_ascii=False).encode()
    sealed = AESGCM(key).encrypt(nonce, content, _bound("huiying text 1", incident_id, text.reference, name))
    return CaseText(reference=text.reference, salt="", text=f"{name}:{b64encode(nonce + sealed).decode()}")


def _opened(text: CaseText, incident_id: str, key: bytes) -> list[CaseText]:
    """The text in clear; none where it is not what its reference says."""
    name, _, content = text.text.partition(":")
    try:
        sealed = b64decode(content, validate=True)
        bound = _bound("huiying text 1", incident_id, text.reference, name)
        salt, clear = json.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound))
    except (InvalidTag, ValueError, TypeError):
        return []
    is_it = isinstance(salt, str) and isinstance(clear, str) and reference(clear, salt) == text.reference
    return [CaseText(reference=text.reference, salt=salt, text=clear)] if is_it else []


def _bound(*parts: str) -> bytes:
    """The associated data: each part with its length, so that none can pass for a piece of another."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def _read(file: Path, names: Collection[str] = ()) -> _Ring:
    """What a file says, of some names or of all; a line that was not written to its end says nothing."""
    sought = [json.dumps(name).encode() for name in names]
    ring = _Ring()
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        return ring
    for line in lines:
        if sought and not any(name in line for name in sought):
            continue
        with suppress(ValueError, KeyError, TypeError):
            entry: dict[str, str] = json.loads(line)
            name = entry["ref"]
            if "gone" in entry:
                ring.gone[name] = KeyGone(at=datetime.fromisoformat(entry["gone"]), why=entry["why"])
            else:
                ring.wrapped[name] = {part: entry[part] for part in ("id", "house", "key")}
    return ring


def _lines(ring: _Ring) -> list[dict[str, str]]:
    gone = [{"ref": name, "gone": one.at.isoformat(), "why": one.why} for name, one in ring.gone.items()]
    return [*gone, *({"ref": name, **one} for name, one in ring.wrapped.items())]


@contextmanager
def _locked(file: Path) -> Iterator[int]:
    """The file of a case, open for whoever changes it, one process at a time; made where there is none."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        is_new = not file.exists()
        place = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            if not _is_there(file, place):  # another has been put in its place meanwhile
                continue
            if is_new:
                _sync(file.parent)
            yield place
            return
        finally:
            os.close(place)


def _is_there(file: Path, place: int) -> bool:
    with suppress(FileNotFoundError):
        return file.stat().st_ino == os.fstat(place).st_ino
    return False


def _append(place: int, entries: Sequence[Mapping[str, str]]) -> None:
    size = os.fstat(place).st_size
    is_torn = size > 0 and os.pread(place, 1, size - 1) != b"\n"
    _write(place, ("\n" if is_torn else "").encode() + _text(entries))


def _write_new(file: Path, entries: Sequence[Mapping[str, str]], beside: int) -> None:
    """A new file, locked by nobody, which is whole before it takes the place of the one that is locked."""
    place = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, os.fstat(beside).st_mode & 0o600)
    try:
        _write(place, _text(entries))
    finally:
        os.close(place)


def _text(entries: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(entry)}\n" for entry in entries).encode()


def _write(place: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(place, view) :]
    os.fsync(place)


def _replaced(file: Path) -> list[Path]:
    return sorted([*file.parent.glob(f"{file.name}.*{OLD}"), *file.parent.glob(f"{file.name}.*.new")])


def _clear(file: Path) -> None:
    """Make unreadable what a file held that was replaced, and remove it;
    a second name of the file itself goes alone.
    """
    for old in _replaced(file):
        if not old.samefile(file):
            with old.open("r+b") as content:
                content.write(bytes(old.stat().st_size))
                content.flush()
                os.fsync(content.fileno())
        old.unlink()


def _sync(folder: Path) -> None:
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
