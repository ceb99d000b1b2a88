"""The key by which tests seal what their cases leave, the same in every process."""

import atexit
import shutil
import tempfile
from pathlib import Path

from workflows.keys import BYTES, Keyring, keyring

NAME = "0123456789abcdef"


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="huiying-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / f"{NAME}.key").write_bytes(bytes(range(BYTES)))
    (folder / "current").write_text(NAME, encoding="ascii")
    return folder


KEYS: Keyring = keyring(_folder())
