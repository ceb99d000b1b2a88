"""A sheet as the paper of an office, by GB/T 9704-2012:
PDF to be read and printed, DOCX to be worked on (decision 0113).
"""

from datetime import UTC, datetime, time
from typing import Any, Final

import typst

from papers import layout, typesetting
from papers.sheet import Paragraph, Sheet, codes_on, in_chinese, number_on
from papers.word import written

_UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)


def as_pdf(sheet: Sheet, fonts: typst.Fonts | None = None) -> bytes:
    """The paper as PDF/A-2b; the same sheet gives the same bytes by the same fonts.

    Takes tenths of a second: not for the event loop.

    Raises NoChineseFont and Unprintable.
    """
    at = datetime.combine(sheet.dated, time(), UTC) if sheet.dated else _UNDATED
    return typesetting.as_pdf("official", _content(sheet), at, fonts)


def _content(sheet: Sheet) -> dict[str, Any]:
    size, width = layout.head_size(sheet)
    day = in_chinese(sheet.dated) if sheet.dated else ""
    return {
        "form": sheet.form,
        "head": sheet.head,
        "head_size": size,
        "head_width": width,
        "number": number_on(sheet),
        "urgency": sheet.urgency,
        "signer": sheet.signer,
        "title": layout.title_lines(sheet.title),
        "addressee": layout.addressed(sheet.addressee),
        "body": [_paragraph(one) for one in sheet.body],
        "rows": [[row.label, row.value] for row in sheet.rows],
        "attachments": sheet.attachments,
        "signature": sheet.signature,
        "signature_in": layout.signature_in(sheet.signature, day),
        "date": day,
        "date_in": layout.DATE_IN,
        "note": layout.bracketed(sheet.note),
        "copies": layout.copied(sheet.copies),
        "printed_by": sheet.printed_by,
        "printed_on": f"{in_chinese(sheet.printed_on)}印发" if sheet.printed_on else "",
        "code": codes_on(sheet),
        "drill": layout.DRILL if sheet.is_drill else "",
    }


def _paragraph(one: Paragraph) -> dict[str, Any]:
    lead, rest = layout.lead_and_rest(one)
    return {"level": one.level, "lead": lead, "rest": rest, "heads": layout.heads(one)}


def as_docx(sheet: Sheet) -> bytes:
    """The paper as DOCX, which needs no font of this machine; the same sheet gives the same bytes."""
    return written(sheet)
