"""A sheet as a page shows it: each line as it stands on the paper, with its marks,
in Chinese whatever the page speaks.
"""

from dataclasses import dataclass

from papers.sheet import Paragraph, Row, Sheet, codes_on, in_chinese, number_on


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPreview:
    """The lines of a sheet from top to bottom; an empty one is left out."""

    form: str
    drill: str
    urgency: str
    head: str
    number: str
    signer: str
    title: str
    addressee: str
    body: tuple[Paragraph, ...]
    rows: tuple[Row, ...]
    attachments: tuple[str, ...]
    signature: str
    dated: str
    note: str
    copies: str
    code: str


def preview(sheet: Sheet) -> PaperPreview:
    """The lines of a sheet."""
    return PaperPreview(
        form=sheet.form,
        drill="演练" if sheet.is_drill else "",
        urgency=sheet.urgency,
        head=sheet.head,
        number=number_on(sheet),
        signer=f"签发人：{sheet.signer}" if sheet.signer else "",
        title=sheet.title,
        addressee=f"{sheet.addressee}：" if sheet.addressee else "",
        body=sheet.body,
        rows=sheet.rows,
        attachments=tuple(f"附件{number}：{name}" for number, name in enumerate(sheet.attachments, start=1)),
        signature=sheet.signature,
        dated="" if sheet.dated is None else in_chinese(sheet.dated),
        note=f"（{sheet.note}）" if sheet.note else "",
        copies=f"抄送：{'，'.join(sheet.copies)}" if sheet.copies else "",
        code=codes_on(sheet),
    )
