"""Files from outside: what they are is told from their bytes, not from their names, and few kinds come in."""

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
from api.file_kinds import KINDS, PICTURES, Broken, WithMacros, is_picture, kind_of, largest_of
from storage.attachments import CheckedFile, Download

MOST_PIXELS: Final = 30_000_000  # a screenshot of a whole page scrolled on a phone has some 20 million
LONGEST_SIDE: Final = 30_000  # pixels
LONGEST_NAME: Final = 100
_THUMBNAIL: Final = (320, 320)  # pixels
_DECODING: Final = (
    Lock()
)  # one at a time: a picture of the largest size takes some 120 MB while it is looked at
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


class FileRefused(WebProblem):
    """A file is not taken: `file_kind`, `file_too_large`, `file_broken`, `file_empty`, `file_macros`,
    `file_too_many_pixels` or `file_too_many`.
    """

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(name)
        self.code = code


async def checked_file(name: str, content: bytes) -> CheckedFile:
    """The file under a plain name, with its kind, its size in pixels and a small picture;
    raises FileRefused.
    """
    return await asyncio.to_thread(looked_into, name, content)


def looked_into(name: str, content: bytes) -> CheckedFile:
    """As `checked_file`, in the thread that calls."""
    file_name = plain_name(name)
    if not content:
        raise FileRefused("file_empty", file_name)
    if len(content) > largest_of(content[:8]):
        raise FileRefused("file_too_large", file_name)
    file = CheckedFile(
        name=file_name,
        media_type="",
        sha256=sha256(content).hexdigest(),
        width=None,
        height=None,
        content=content,
        thumbnail=None,
    )
    file = _picture(file) if is_picture(content) else replace(file, media_type=_kind(file))
    return replace(file, name=_with_ending(file))


def _kind(file: CheckedFile) -> str:
    """The kind of what is no picture, by its bytes, and within its bounds."""
    try:
        kind = kind_of(file.content)
    except Broken:
        raise FileRefused("file_broken", file.name) from None
    except WithMacros:
        raise FileRefused("file_macros", file.name) from None
    if not kind:
        raise FileRefused("file_kind", file.name)
    if len(file.content) > KINDS[kind].largest:
        raise FileRefused("file_too_large", file.name)
    return kind


def _picture(file: CheckedFile) -> CheckedFile:
    """Decoded once: what is no picture, or would fill the memory,
    is refused before anything of it is kept.
    """
    try:
        with _DECODING, Image.open(BytesIO(file.content), formats=tuple(PICTURES)) as picture:
            (width, height), kind = picture.size, PICTURES[str(picture.format)]
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
    """The name without its path, without control characters and what turns the direction of writing;
    never empty.
    """
    last = re.split(r"[/\\]", name)[-1]
    letters = "".join(one for one in last if unicodedata.category(one)[0] != "C").strip(" .")
    return letters[-LONGEST_NAME:] or "附件"


def _with_ending(file: CheckedFile) -> str:
    endings = KINDS[file.media_type].endings
    if PurePosixPath(file.name).suffix.lower() in endings:
        return file.name
    return f"{file.name[: LONGEST_NAME - 5]}{endings[0]}"


def handed_out(file: Download) -> Response:
    """The file to be saved, not opened: nothing in it may run as a page of this server."""
    ending = KINDS[file.media_type].endings[0] if file.media_type in KINDS else ""
    named = f"attachment; filename=\"attachment{ending}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return Response(
        file.content, media_type=file.media_type, headers={**_HEADERS, "Content-Disposition": named}
    )
