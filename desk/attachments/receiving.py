"""Files that come with a form: read within bounds, looked into,
and kept for their sender while the form is not accepted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from api.errors import Text, content_of, said_here
from api.file_kinds import LARGEST_FILE
from api.uploads import FileRefused, checked_file
from casework.attaching import WRITE_SECONDS, Received
from casework.ledger_session import reading, writing
from casework.outcomes import Unavailable
from desk.attachments.view import size_words
from desk.sign_in.sessions import form_of
from domain.terms.roles import Actor
from storage.attachments import (
    MOST,
    let_wait,
    waiting,
)
from storage.database import Database
from words.language import say

FILES: Final = "_files"  # the field of a form that holds files
WAITING_FILES: Final = "_kept"  # the field that names files which wait already
LARGEST_SENDING: Final = 100 * 1024 * 1024  # bytes of one form with its files


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFiles:
    """A file that waits for the form to be accepted."""

    id: str
    name: str
    size: str


async def form_with_files(request: Request) -> tuple[FormData, Received]:
    """The fields of a form of this session's own page, and the files it carries; raises as `form_of` does."""
    form = await form_of(request, largest=LARGEST_SENDING, files=MOST)
    try:
        return form, await _received(form)
    finally:
        await form.close()


async def _received(form: FormData) -> Received:
    """The files of a form, each looked into; what is not taken is a fault, and the others stay."""
    came = Received(waiting=[str(value) for value in form.getlist(WAITING_FILES)][:MOST])
    for sent in form.getlist(FILES):
        if not isinstance(sent, UploadFile) or not (sent.filename or sent.size):
            continue
        if came.count >= MOST:
            came.faults.append((sent.filename or "", say("一次最多 {count} 个，未接收。", count=MOST)))
            continue
        try:
            came.files.append(await checked_file(sent.filename or "", await sent.read(LARGEST_FILE + 1)))
        except FileRefused as refused:
            came.faults.append((refused.subject, refused_words(refused)))
    return came


def refused_words(refused: FileRefused) -> str:
    """Why a file is not taken, and what to do."""
    text = Text(status=refused.status, group="problems", code=refused.code, subject=refused.subject)
    title, detail = said_here(content_of(text))
    return say("{title}：{detail}", title=title, detail=detail)


async def let_them_wait(
    database: Database, got: Received, person: Actor, at: datetime
) -> tuple[WaitingFiles, ...]:
    """Keep the files for the next try of the same person, and tell them all;
    those are told first that came first.
    """
    ids = list(got.waiting)
    try:
        for file in got.files:
            async with writing(database, WRITE_SECONDS) as session:
                ids.append(await let_wait(session, person.person, file, at, beside=ids))
        async with reading(database) as session:
            bytes_waiting = await waiting(session, person.person, ids)
    except Unavailable:
        return ()
    return tuple(WaitingFiles(id=one.id, name=one.name, size=size_words(one.size)) for one in bytes_waiting)
