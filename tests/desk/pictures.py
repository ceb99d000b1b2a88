"""Files to send: sound ones of each kind, and hostile ones."""

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Final

from PIL import Image
from pypdf import PdfWriter


def picture(kind: str = "PNG", colour: str = "teal", size: tuple[int, int] = (40, 30)) -> bytes:
    """A sound picture of one colour."""
    held = BytesIO()
    Image.new("RGB", size, colour).save(held, kind)
    return held.getvalue()


def bomb() -> bytes:
    """A small PNG that would unfold to ten thousand million pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + _chunk(b"IEND", b"")
    )


def large_picture() -> bytes:
    """A PNG below the reader's own limit and above ours, of few bytes."""
    held = BytesIO()
    Image.new("1", (10_000, 4_000)).save(held, "PNG")
    return held.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def pdf(drawing: bytes = b"0 0 m 90 90 l S", *, packed: bytes = b"", rotate: int = 0) -> bytes:
    """A PDF of one page that draws a line, or unfolds what is packed."""
    content = packed or zlib.compress(drawing)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate %d/Contents 4 0 R>>" % rotate
    head = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(content)
    pages = (
        b"<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj"
        + page
    )
    return (
        b"%PDF-1.4\n1 0 obj"
        + pages
        + b"endobj\n4 0 obj"
        + head
        + content
        + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n"
    )


def locked_pdf(password: str) -> bytes:
    """A PDF behind a password."""
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    writer.encrypt(password, "owner", algorithm="AES-256")
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


def package(*names: str, after: bytes = b"") -> bytes:
    """A ZIP file whose parts have these names."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue() + after


def boxes(brand: bytes, *names: bytes, compatible: bytes = b"", padding: int = 0) -> bytes:
    """A file of ISO boxes: the first names its brand, then those of these names,
    and free space of `padding` bytes.
    """
    first = struct.pack(">I4s4sI", 16 + len(compatible), b"ftyp", brand, 0) + compatible
    rest = b"".join(struct.pack(">I4s", 12, name) + b"\0" * 4 for name in names)
    return first + rest + (struct.pack(">I4s", 8 + padding, b"free") + bytes(padding) if padding else b"")


_TYPES: Final = "[Content_Types].xml"
DOCX: Final = package(_TYPES, "word/document.xml", "word/styles.xml")
XLSX: Final = package(_TYPES, "xl/workbook.xml", "xl/worksheets/sheet1.xml")
OFD: Final = package("OFD.xml", "Doc_0/Document.xml")
MP4: Final = boxes(b"isom", b"moov", b"mdat", compatible=b"iso2mp41")
HEIC: Final = boxes(b"mif1", b"meta", b"mdat", compatible=b"heic")
LARGE_MP4: Final = boxes(b"mp42", b"moov", padding=6 * 1024 * 1024)
PDF: Final = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCRIPT: Final = b"<script>document.title='ran'</script>"
SVG: Final = b"<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>"
REFUSED: Final = {
    "picture.svg": (SVG, "file_kind"),
    "page.png": (b"<!doctype html>" + SCRIPT, "file_kind"),
    "setup.exe": (b"MZ\x90\0" + b"\0" * 100, "file_kind"),
    "bomb.zip": (b"PK\x03\x04" + b"\0" * 100, "file_kind"),
    "zip.docx": (package("a.txt"), "file_kind"),
    "two.docx": (package(_TYPES, "word/document.xml", "OFD.xml"), "file_kind"),
    "page.docx": (SCRIPT + DOCX, "file_kind"),
    "page.xlsx": (XLSX + SCRIPT, "file_kind"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "file_kind"),
    "half.docx": (DOCX[:-30], "file_kind"),
    "table.docx": (
        package(_TYPES, "word/document.xml", *(f"{number:0200}" for number in range(12_000))),
        "file_kind",
    ),
    "macros.docx": (package(_TYPES, "word/document.xml", "word/vbaProject.bin"), "file_macros"),
    "film.mov": (boxes(b"qt  ", b"moov"), "file_kind"),
    "photo.avif": (boxes(b"avif", b"meta", compatible=b"mif1"), "file_kind"),
    "half.mp4": (MP4[:-2], "file_broken"),
    "empty.mp4": (boxes(b"isom", b"mdat"), "file_broken"),
    "back.mp4": (boxes(b"isom", b"moov") + b"\0\0\0\4free", "file_broken"),
    "page.heic": (HEIC + SCRIPT, "file_broken"),
    "huge.docx": (b"PK\x03\x04" + b"\0" * 20 * 1024 * 1024, "file_too_large"),
    "huge.heic": (boxes(b"heic", b"meta", padding=20 * 1024 * 1024), "file_too_large"),
    "huge.mp4": (boxes(b"isom", b"moov", padding=50 * 1024 * 1024), "file_too_large"),
    "gif.gif": (b"GIF89a/*" + SCRIPT, "file_kind"),
    "page.pdf": (SCRIPT + PDF, "file_kind"),
    "half.pdf": (b"%PDF-1.7\n" + SCRIPT, "file_broken"),
    "half.png": (picture(size=(400, 300))[:120], "file_broken"),
    "sound.webp": (b"RIFF\x24\0\0\0WAVEfmt ", "file_kind"),
    "empty.png": (b"", "file_empty"),
    "huge.jpg": (b"\xff\xd8\xff" + b"\0" * 10 * 1024 * 1024, "file_too_large"),
    "bomb.png": (bomb(), "file_too_many_pixels"),
    "large.png": (large_picture(), "file_too_many_pixels"),
}
UNMARKABLE: Final = {
    "empty.pdf": PDF,
    "bomb.pdf": pdf(packed=zlib.compress(b" " * 400_000_000, 9)),
    "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0"
    b" R]/Count 9>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF",
    "deep.pdf": b"%PDF-1.4\n1 0 obj" + b"[" * 100_000 + b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
}
