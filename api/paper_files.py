"""A paper as a file: PDF to be read and printed, DOCX to be worked on; of a marked case a marked PDF, and the DOCX for who may lower the mark."""

import asyncio
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import Path

from api.errors import WebProblem
from api.file_kinds import DOCX, PDF
from api.marked_files import as_it_leaves
from casework.paper_sheets import CasePaper
from domain.case.state import Incident
from domain.terms.roles import Actor
from papers.official import as_docx, as_pdf
from papers.sheet import Sheet
from papers.typesetting import NoChineseFont, Unprintable
from storage.attachments import Download
from words.labels import label_of

Ending = Literal["pdf", "docx"]
PaperId = Annotated[str, Path(max_length=64, examples=["assignment_order-1"])]
_LONGEST_NAME: Final = 60  # characters before the ending
_AT_ONCE: Final = asyncio.Semaphore(
    2
)  # each is set in a thread that takes a processor for tenths of a second


class NotSet(WebProblem):
    """The PDF cannot be set: `pdf_no_font`, since the server has no Chinese font, or `pdf_unprintable`, since a text of it does not go onto a page."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, code: str) -> None:
        super().__init__("")
        self.code = code


async def paper_file(
    document: CasePaper, ending: Ending, incident: Incident, person: Actor, at: datetime
) -> Download:
    """The file of a paper as this person may have it.

    Raises NotSet, Refused for the DOCX of a marked case where the person may not lower its mark, and as `as_it_leaves`.
    """
    name = document.sheet.number or label_of(document.paper.kind).zh
    file = await sheet_file(document.sheet, name, ending)
    return await as_it_leaves(file, incident, person, at, original=ending == "docx")


async def sheet_file(sheet: Sheet, name: str, ending: Ending) -> Download:
    """The file of a sheet, named by that name and its title; raises NotSet."""
    try:
        async with _AT_ONCE:
            content = await asyncio.to_thread(as_pdf if ending == "pdf" else as_docx, sheet)
    except NoChineseFont:
        raise NotSet("pdf_no_font") from None
    except Unprintable:
        raise NotSet("pdf_unprintable") from None
    whole = f"{name} {sheet.title}"[:_LONGEST_NAME]
    return Download(name=f"{whole}.{ending}", media_type=PDF if ending == "pdf" else DOCX, content=content)
