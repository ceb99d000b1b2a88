"""Files to send: sound ones of each kind, and hostile ones."""

import struct
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
        b"%PDF-1.4\n1 0 obj" + pages + b"endobj\n4 0 obj" + head + content
        + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n"
    )  # fmt: skip


def locked_pdf(password: str) -> bytes:
    """A PDF behind a password."""
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    writer.encrypt(password, "owner", algorithm="AES-256")
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


PDF: Final = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SCRIPT: Final = b"<script>document.title='ran'</script>"
SVG: Final = b"<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>"
REFUSED: Final = {
    "picture.svg": (SVG, "file_kind"),
    "page.png": (b"<!doctype html>" + SCRIPT, "file_kind"),
    "setup.exe": (b"MZ\x90\0" + b"\0" * 100, "file_kind"),
    "bomb.zip": (b"PK\x03\x04" + b"\0" * 100, "file_kind"),
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
    "loop.pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF",
    "deep.pdf": b"%PDF-1.4\n1 0 obj" + b"[" * 100_000 + b"endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
}
