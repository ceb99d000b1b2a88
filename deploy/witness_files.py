"""Checkpoints kept for other houses (`witness/`): their way into a backup and back, on which none is lost."""

import re
import shutil
from pathlib import Path
from typing import Final

FOLDER: Final = "witness"
_NAME: Final = re.compile(rf"{FOLDER}/[0-9A-Za-z-]{{1,64}}(\.parted)?\.txt")


def is_witness(name: str) -> bool:
    """Whether a name in a manifest is that of a file kept for another house."""
    return _NAME.fullmatch(name) is not None


def copy_witness(var_dir: Path, into: Path) -> list[str]:
    """Copy what is kept into the folder of a backup; gives the names as a manifest has them."""
    files = sorted((var_dir / FOLDER).glob("*.txt"))
    names = [name for name in (f"{FOLDER}/{file.name}" for file in files) if is_witness(name)]
    for name in names:
        (into / FOLDER).mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(var_dir / name, into / name)
    return names


def goes_on_from(there: Path, copy: Path) -> bool:
    """Whether a file that is there holds all that its copy does, and perhaps more, so that it is to stay."""
    return there.is_file() and there.read_bytes().startswith(copy.read_bytes())
