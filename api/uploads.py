"""Files from outside: what they are is told from their bytes, not from their names, and only four kinds come in."""

import asyncio
import re
import unicodedata
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from pathlib import PurePosixPath
from threading import Lock
from typing import Final
from urllib.parse import quote

from fastapi import Response
from PIL import Image, ImageOps, UnidentifiedImageError

from api.errors import WebProblem
from storage.attachments import CheckedFile, Download

LARGEST_FILE: Final = 10 * 1024 * 1024  # bytes
MOST_PIXELS: Final = 30_000_000  # a screenshot of a whole page scrolled on a phone has some 20 million
LONGEST_SIDE: Final = 30_000  # pixels
LONGEST_NAME: Final = 100
PDF: Final = "application/pdf"
ENDINGS: Final = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    PDF: (".pdf",),
}
_FORMATS: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_BEGINNINGS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_PDF_BEGINS: Final = re.compile(rb"%PDF-[12]\.\d").match
_THUMBNAIL: Final = (320, 320)  # pixels
_END_OF_PDF: Final = 2048  # the last bytes, among which its end mark stands
_DECODING: Final = (
    Lock()
)  # one at a time: a picture of the largest size takes some 120 MB while it is looked at
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


class FileRefused(WebProblem):
    """A file is not taken: `file_kind`, `file_too_large`, `file_broken`, `file_empty`, `file_too_many_pixels` or `file_too_many`."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(name)
        self.code = code


async def checked_file(name: str, content: bytes) -> CheckedFile:
    """The file under a plain name, with its kind, its size in pixels and a small picture; raises FileRefused."""
    return await asyncio.to_thread(looked_into, name, content)


def looked_into(name: str, content: bytes) -> CheckedFile:
    """As `checked_file`, in the thread that calls."""
    file_name = plain_name(name)
    if not content:
        raise FileRefused("file_empty", file_name)
    if len(content) > LARGEST_FILE:
        raise FileRefused("file_too_large", file_name)
    file = CheckedFile(
        name=file_name,
        media_type=PDF,
        sha256=sha256(content).hexdigest(),
        width=None,
        height=None,
        content=content,
        thumbnail=None,
    )
    if _PDF_BEGINS(content):
        if b"%%EOF" not in content[-_END_OF_PDF:]:
            raise FileRefused("file_broken", file_name)
    elif content.startswith(_BEGINNINGS):
        file = _picture(file)
    else:
        raise FileRefused("file_kind", file_name)
    return replace(file, name=_with_ending(file))


def _picture(file: CheckedFile) -> CheckedFile:
    """Decoded once: what is no picture, or would fill the memory, is refused before anything of it is kept."""
    try:
        with _DECODING, Image.open(BytesIO(file.content), formats=tuple(_FORMATS)) as picture:
            (width, height), kind = picture.size, _FORMATS[str(picture.format)]
            small = _small(picture) if _fits(width, height) else None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("file_too_many_pixels", file.name) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        # The reader of pictures raises these for files that are broken.
        code = "file_kind" if isinstance(error, UnidentifiedImageError) else "file_broken"
        raise FileRefused(code, file.name) from None
    if small is None:
        raise FileRefused("file_too_many_pixels", file.name)
    return replace(file, media_type=kind, width=width, height=height, thumbnail=small)


def _fits(width: int, height: int) -> bool:
    return width * height <= MOST_PIXELS and max(width, height) <= LONGEST_SIDE


def _small(picture: Image.Image) -> bytes:
    picture.draft("RGB", _THUMBNAIL)
    picture.thumbnail(_THUMBNAIL)
    small = BytesIO()
    ImageOps.exif_transpose(picture).convert("RGB").save(small, "WEBP", quality=70)
    return small.getvalue()


def plain_name(name: str) -> str:
    """The name without its path, without control characters and what turns the direction of writing; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    letters = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip(" .")
    return letters[-LONGEST_NAME:] or "附件"


def _with_ending(file: CheckedFile) -> str:
    endings = ENDINGS[file.media_type]
    if PurePosixPath(file.name).suffix.lower() in endings:
        return file.name
    return f"{file.name[: LONGEST_NAME - 5]}{endings[0]}"


def handed_out(file: Download) -> Response:
    """The file to be saved, not opened: nothing in it may run as a page of this server."""
    ending = ENDINGS.get(file.media_type, ("",))[0]
    named = f"attachment; filename=\"attachment{ending}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(
        file.content, media_type=file.media_type, headers={**_HEADERS, "Content-Disposition": named}
    )
