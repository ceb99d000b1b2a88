"""Files of an incident as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from api.file_kinds import DOCX, HEIC, KINDS, MP4, OFD, PDF, XLSX
from domain.case.state import Incident
from domain.terms.vocabulary import Marking
from storage.attachments import Attachment
from words.cards import unit_name
from words.labels import word
from words.language import marked, say
from words.wording import MomentText, moment

_KIB = 1024
_KINDS = {
    "image/png": marked("PNG 图片"),
    "image/jpeg": marked("JPEG 图片"),
    "image/webp": marked("WebP 图片"),
    PDF: marked("PDF 文件"),
    DOCX: marked("文字文档"),
    XLSX: marked("电子表格"),
    OFD: marked("版式文件"),
    HEIC: marked("HEIC 图片"),
    MP4: marked("视频"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentLine:
    """A file: where it is fetched, its page, itself and small where it is a picture,
    who attached it and when.

    `page` is where a file of a marked case opens, so that it bears the watermark; of others it is the file
    itself. `mark` stands where there is no small picture. `takes_marks` is whether a marked copy of it can be
    made.
    """

    number: int
    name: str
    href: str
    page: str
    picture: str
    thumbnail: str
    mark: str
    takes_marks: bool
    kind: str
    size: str
    sha256: str
    by: str
    at: MomentText


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentsView:
    """The files of an incident, where more are added (empty for who may not),
    and whether some were lost on the way.
    """

    lines: tuple[AttachmentLine, ...]
    add: str
    is_short: bool

    def of_digest(self, digest: str) -> AttachmentLine | None:
        """The file with that SHA-256; None for what is not held here."""
        return next((line for line in self.lines if line.sha256 == digest), None)


def attachment_lines(incident: Incident, files: Iterable[Attachment]) -> tuple[AttachmentLine, ...]:
    """The files of an incident, in the order in which they came."""
    return tuple(attachment_line(incident, one) for one in files)


def attachment_line(incident: Incident, one: Attachment) -> AttachmentLine:
    """One file of an incident."""
    href = f"/incidents/{incident.incident_id}/attachments/{one.number}"
    is_marked = incident.gravest_marking is not Marking.NONE
    return AttachmentLine(
        number=one.number,
        name=one.name,
        href=href,
        page=f"{href}/view" if is_marked else href,
        picture=f"{href}/picture" if one.width is not None else "",
        thumbnail=f"{href}/thumbnail" if one.width is not None and not is_marked else "",
        mark=KINDS[one.media_type].mark,
        takes_marks=KINDS[one.media_type].takes_marks,
        kind=say(_KINDS[one.media_type]),
        size=size_words(one.size),
        sha256=one.sha256,
        by=f"{unit_name(incident.law, one.by.unit)} {word(one.by.role)} {one.by.person}",
        at=moment(one.attached_at),
    )


def size_words(size: int) -> str:
    """A size in bytes, for people: `12 KB`, `3.4 MB`."""
    return f"{size / _KIB / _KIB:.1f} MB" if size >= _KIB * _KIB else f"{max(1, round(size / _KIB))} KB"
