"""A paper as a file: PDF to be read and printed, DOCX to be worked on;
of a marked case a marked PDF, and the DOCX for who may lower the mark.
"""

import asyncio
import re
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal
from uuid import uuid4

from fastapi import Depends, Path

from api.errors import WebProblem
from api.file_kinds import DOCX, PDF
from api.marked_files import as_it_leaves
from casework.outcomes import NotFound
from casework.paper_sheets import CasePaper
from casework.turns import Turns
from domain.case.state import Incident
from domain.terms.roles import Actor
from papers.official import as_docx, as_pdf
from papers.sheet import Sheet
from papers.typesetting import NoChineseFont, Unprintable
from storage.attachments import Download
from words.labels import label_of

Ending = Literal["pdf", "docx"]
_ID: Final = re.compile(r"[a-z_]{1,40}-[0-9]{1,9}").fullmatch
_LONGEST_NAME: Final = 60  # characters before the ending
# Each is set in a thread that takes a processor for tenths of a second.
_TURNS: Final = Turns("papers", most=2, waiting=16, patience=20.0)


# Asynchronous, though it waits for nothing: a plain function would be handed to a thread.
async def _in_address(
    paper: Annotated[
        str,
        Path(examples=["assignment_order-1"], description="文书编号。 The paper's id within its incident."),
    ],
) -> str:
    if not _ID(paper):
        raise NotFound  # no paper bears it, and not every database takes it
    return paper


PaperId = Annotated[str, Depends(_in_address)]


class NotSet(WebProblem):
    """The PDF cannot be set: `pdf_no_font`, since the server has no Chinese font, or `pdf_unprintable`,
    since a text of it does not go onto a page.
    """

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, code: str) -> None:
        super().__init__("")
        self.code = code


async def paper_file(
    document: CasePaper, ending: Ending, incident: Incident, person: Actor, at: datetime
) -> Download:
    """The file of a paper as this person may have it.

    Raises NotSet, Refused for the DOCX of a marked case where the person may not lower its mark,
    and as `as_it_leaves`.
    """
    name = document.sheet.number or label_of(document.paper.kind).zh
    file = await sheet_file(document.sheet, name, ending)
    return await as_it_leaves(file, incident, person, at, original=ending == "docx")


def with_checkpoint(document: CasePaper, code: str) -> CasePaper:
    """The paper as it leaves the house, with the code of the sealed log of then."""
    return replace(document, sheet=replace(document.sheet, checkpoint=code))


async def sheet_file(sheet: Sheet, name: str, ending: Ending) -> Download:
    """The file of a sheet, named by that name and its title;
    raises NotSet, and Unavailable where too many wait.
    """
    try:
        async with _TURNS.of(uuid4().hex):
            content = await asyncio.to_thread(as_pdf if ending == "pdf" else as_docx, sheet)
    except NoChineseFont:
        raise NotSet("pdf_no_font") from None
    except Unprintable:
        raise NotSet("pdf_unprintable") from None
    whole = f"{name} {sheet.title}"[:_LONGEST_NAME]
    return Download(name=f"{whole}.{ending}", media_type=PDF if ending == "pdf" else DOCX, content=content)
