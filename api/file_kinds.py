"""Kinds of files that come in: which endings and how many bytes each may have,
and how each is told from its bytes.

Pictures are decoded to see whether they are some (`api.uploads`). Of a package (DOCX, XLSX, OFD) the table of
contents alone is read, of a film or an HEIC picture the sizes of its outermost boxes: nothing in them is ever
unpacked or played here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MIB: Final = 1024 * 1024
PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD: Final = "application/ofd"
MP4: Final = "video/mp4"
HEIC: Final = "image/heic"
PICTURES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class Broken(Exception):  # noqa: N818  an answer to the sender, not an error of the program
    """The bytes begin as a kind that comes in and are not whole."""


class WithMacros(Exception):  # noqa: N818  an answer to the sender, not an error of the program
    """A document that carries a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """Endings, the usual first; the most bytes; how a list names it in short;
    whether a mark can be written into it.
    """

    endings: tuple[str, ...]
    largest: int
    mark: str
    takes_marks: bool = False


KINDS: Final = {
    "image/png": FileKind(endings=(".png",), largest=10 * _MIB, mark="PNG", takes_marks=True),
    "image/jpeg": FileKind(endings=(".jpg", ".jpeg"), largest=10 * _MIB, mark="JPEG", takes_marks=True),
    "image/webp": FileKind(endings=(".webp",), largest=10 * _MIB, mark="WEBP", takes_marks=True),
    PDF: FileKind(endings=(".pdf",), largest=10 * _MIB, mark="PDF", takes_marks=True),
    DOCX: FileKind(endings=(".docx",), largest=20 * _MIB, mark="DOCX"),
    XLSX: FileKind(endings=(".xlsx",), largest=20 * _MIB, mark="XLSX"),
    OFD: FileKind(endings=(".ofd",), largest=20 * _MIB, mark="OFD"),
    HEIC: FileKind(endings=(".heic", ".heif"), largest=20 * _MIB, mark="HEIC"),
    MP4: FileKind(endings=(".mp4", ".m4v"), largest=50 * _MIB, mark="MP4"),
}
LARGEST_FILE: Final = max(kind.largest for kind in KINDS.values())

_PICTURE_BEGINS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_PDF_BEGINS: Final = re.compile(rb"%PDF-[12]\.\d").match
_END_OF_PDF: Final = 2048  # the last bytes, among which its end mark stands
_PACKAGE_BEGINS: Final = b"PK\x03\x04"
_BOX_BEGINS: Final = slice(4, 8)


def is_picture(content: bytes) -> bool:
    """Whether the bytes begin as a picture that is decoded here."""
    return content.startswith(_PICTURE_BEGINS)


def largest_of(beginning: bytes) -> int:
    """The most bytes that a file with this beginning (eight bytes at least) may have,
    whatever it turns out to be.
    """
    if beginning[_BOX_BEGINS] == b"ftyp":
        return KINDS[MP4].largest
    return KINDS[DOCX].largest if beginning.startswith(_PACKAGE_BEGINS) else KINDS[PDF].largest


def kind_of(content: bytes) -> str:
    """The media type of what is no picture decoded here; empty for what does not come in.

    Raises Broken, WithMacros.
    """
    if _PDF_BEGINS(content):
        if b"%%EOF" not in content[-_END_OF_PDF:]:
            raise Broken
        return PDF
    if content.startswith(_PACKAGE_BEGINS):
        return _kind_of_package(content)
    return _kind_of_boxes(content) if content[_BOX_BEGINS] == b"ftyp" else ""


# --- packages: the table of contents at the end of a ZIP file (APPNOTE 4.3.12, 4.3.16)

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LONGEST_COMMENT: Final = 0xFFFF
_ENTRY: Final = b"PK\x01\x02"
_ENTRY_SIZE: Final = 46
_LARGEST_TABLE: Final = 2 * _MIB
_PARTS: Final = {
    b"word/document.xml": DOCX,
    b"xl/workbook.xml": XLSX,
    b"OFD.xml": OFD,
}
_TYPES: Final = b"[Content_Types].xml"
_PROGRAM: Final = b"vbaproject.bin"


def _kind_of_package(content: bytes) -> str:
    names = frozenset(_names(content))
    kinds = {kind for name, kind in _PARTS.items() if name in names and (kind == OFD or _TYPES in names)}
    if len(kinds) != 1:
        return ""
    if any(name.lower().endswith(_PROGRAM) for name in names):
        raise WithMacros
    return kinds.pop()


def _names(content: bytes) -> Iterator[bytes]:
    """The names in the table of contents; none where it is not there, is longer than a document's,
    or does not end the file.
    """
    end = content.rfind(_END, -_END_SIZE - _LONGEST_COMMENT)
    if end < 0 or end + _END_SIZE + _number(content, end + 20, 2) != len(content):
        return
    size, place = _number(content, end + 12, 4), _number(content, end + 16, 4)
    if size > _LARGEST_TABLE or place + size != end:
        return
    while place < end and content.startswith(_ENTRY, place):
        name, extra, comment = (_number(content, place + at, 2) for at in (28, 30, 32))
        yield content[place + _ENTRY_SIZE : place + _ENTRY_SIZE + name]
        place += _ENTRY_SIZE + name + extra + comment


def _number(content: bytes, place: int, size: int) -> int:
    return int.from_bytes(content[place : place + size], "little")


# --- boxes: the outermost ones of an ISO base media file (ISO/IEC 14496-12)

_FILMS: Final = frozenset(
    (
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"dash",
        b"M4V ",
        b"MSNV",
    )
)
_PHOTOS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"))
_PHOTO_BEGINS: Final = frozenset((b"mif1", b"msf1")) | _PHOTOS
_MOST_BOXES: Final = 100_000


def _kind_of_boxes(content: bytes) -> str:
    first = int.from_bytes(content[:4], "big")
    brands = [content[8:12], *(content[at : at + 4] for at in range(16, min(first, 512), 4))]
    if brands[0] in _PHOTO_BEGINS and _PHOTOS.intersection(brands):
        kind, needed = HEIC, b"meta"
    elif brands[0] in _FILMS:
        kind, needed = MP4, b"moov"
    else:
        return ""
    if needed not in frozenset(_boxes(content)):
        raise Broken
    return kind


def _boxes(content: bytes) -> Iterator[bytes]:
    """The names of the outermost boxes; raises Broken where their sizes do not fill the file."""
    place, count = 0, 0
    while place < len(content):
        size, head = int.from_bytes(content[place : place + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16], "big"), 16
        if size == 0:
            size = len(content) - place
        count += 1
        if size < head or place + size > len(content) or count > _MOST_BOXES:
            raise Broken
        yield content[place + 4 : place + 8]
        place += size
