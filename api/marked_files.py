"""Files of marked cases as they leave: with mark, person and instant written into them;
the original to whoever may take the mark away.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import Final

from api.errors import WebProblem
from api.file_kinds import KINDS, PDF
from casework.outcomes import Unavailable
from domain.case.state import Incident
from domain.rules.permissions import may_take_original
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import Marking
from domain.terms.workdays import SHANGHAI
from storage.attachments import Download
from words.cards import unit_name
from words.labels import label_of
from words.wording import absolute

JPEG: Final = "image/jpeg"
_LOCKED: Final = 3  # the exit status by which the stamper is to tell of a password
_STAMPER: Final = str(Path(__file__).with_name("stamper.py"))
_SECONDS: Final = 30.0  # for one file, of which the stamper may have twenty of the processor
_WAIT: Final = 10.0  # seconds for a turn
_MOST: Final = 2  # files at one time
_LARGEST: Final = 4 * KINDS[PDF].largest  # bytes of a marked copy
_under_way: set[object] = set()


class Unmarkable(WebProblem):
    """A file into which no mark can be written: `file_locked` by a password,
    `file_takes_no_mark` by its kind, or `file_unmarkable`, since it is broken or takes too much.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(name)
        self.code = code


def copy_of(incident: Incident, *, original: bool) -> str:
    """What the audit book says of what is fetched: the original as it was attached, or a marked copy."""
    return "original" if original or incident.gravest_marking is Marking.NONE else "marked"


async def as_it_leaves(
    file: Download, incident: Incident, person: Actor, at: datetime, *, original: bool = False
) -> Download:
    """The file as this person may have it: of a marked case a marked PDF,
    or the original where it is asked for.

    Raises Refused where the original is not this person's to take, Unmarkable,
    and Unavailable where too many wait.
    """
    if incident.gravest_marking is Marking.NONE:
        return file
    if original:
        if not may_take_original(person, incident):
            raise Refused(Reason.ROLE_NOT_ALLOWED, person.role)
        return file
    return await _marked(file, incident, person, at, PDF)


async def as_it_is_shown(file: Download, incident: Incident, person: Actor, at: datetime) -> Download:
    """A picture as a page of its case shows it; raises Unmarkable, and Unavailable where too many wait."""
    if incident.gravest_marking is Marking.NONE:
        return file
    return await _marked(file, incident, person, at, JPEG)


async def _marked(file: Download, incident: Incident, person: Actor, at: datetime, to: str) -> Download:
    kind = KINDS.get(file.media_type)
    if kind is None or not kind.takes_marks:
        raise Unmarkable("file_takes_no_mark", file.name)
    mark = label_of(incident.gravest_marking)
    who = f"{mark.zh} {unit_name(incident.law, person.unit)} {person.person} {absolute(at)}"
    latin = f"{mark.en} {person.person} {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S %z}"
    order = {"lines": [who, latin], "latin": latin, "from": file.media_type, "to": to, "locked": _LOCKED}
    async with _turn():
        content = await _stamped(json.dumps(order).encode() + b"\n" + file.content, file.name)
    name = f"{PurePosixPath(file.name).stem}（{mark.zh}）{'.pdf' if to == PDF else '.jpg'}"
    return Download(name=name, media_type=to, content=content)


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """A turn among the few that are given at one time; raises Unavailable when none comes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_WAIT):
            while len(_under_way) >= _MOST:  # noqa: ASYNC110  a semaphore belongs to the loop that first waits for it
                await asyncio.sleep(0.05)
    if len(_under_way) >= _MOST:
        raise Unavailable("marking")
    own = object()
    _under_way.add(own)
    try:
        yield
    finally:
        _under_way.discard(own)


async def _stamped(sent: bytes, name: str) -> bytes:
    """What the stamper makes of it; nothing of what goes wrong there reaches this process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-B",
        _STAMPER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(_SECONDS):
            content, _ = await asyncio.gather(_read(process), _write(process, sent))
            status = await process.wait()
    except TimeoutError:
        raise Unmarkable("file_unmarkable", name) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status or not content:
        raise Unmarkable("file_locked" if status == _LOCKED else "file_unmarkable", name)
    return content


async def _read(process: asyncio.subprocess.Process) -> bytes:
    """All that it answers; nothing of an answer that is too long."""
    assert process.stdout is not None  # noqa: S101  a pipe was asked for
    content = bytearray()
    while part := await process.stdout.read(1024 * 1024):
        content += part
        if len(content) > _LARGEST:
            process.kill()
            return b""
    return bytes(content)


async def _write(process: asyncio.subprocess.Process, sent: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  a pipe was asked for
    with suppress(ConnectionError):  # it ended before it had read all: its status says why
        process.stdin.write(sent)
        await process.stdin.drain()
        process.stdin.close()
