"""Static files: a browser keeps one for a year under the digest of its content,
and asks anew for it under any other name.
"""

import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

STATIC: Final = Path(__file__).resolve().parent.parent / "static"
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
_ASKED_ANEW: Final = "no-cache"  # kept too, but shown only once the server has said that it is still the same


def static(name: str) -> str:
    """The address of a static file with the digest of its content;
    raises FileNotFoundError for one that is not there.
    """
    file = STATIC / name
    return f"/static/{name}?{_digest(file, file.stat().st_mtime_ns)}"


@lru_cache(maxsize=200)
def _digest(file: Path, changed_ns: int) -> str:
    """Of a file as it was last changed: a file replaced while the server runs has another digest at once."""
    del changed_ns
    return sha256(file.read_bytes()).hexdigest()[:16]


class KeptFiles(StaticFiles):
    """The static files, each with how long it may be kept."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """A file, or that it has not changed."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        digest = _digest(Path(full_path), stat_result.st_mtime_ns)
        is_named = scope["query_string"] == digest.encode()
        response.headers["Cache-Control"] = _FOR_A_YEAR if is_named else _ASKED_ANEW
        return response
