"""Files to send: sound ones of each kind, and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Final

from PIL import Image


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
