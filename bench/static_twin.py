"""The same server with a static file: what the public page is measured beside."""

import os
from pathlib import Path

from starlette.staticfiles import StaticFiles


def application() -> StaticFiles:
    """The folder that the environment names, as the framework serves files."""
    return StaticFiles(directory=Path(os.environ["HUIYING_PUBLIC_FOLDER"]))
