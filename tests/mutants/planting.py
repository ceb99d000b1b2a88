"""A plugin of pytest that plants one mutant: the module is changed as it is imported, and no file is touched.

The environment says which: `HUIYING_MUTANT=domain/rules/scores.py:17`.
"""

import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, Final

from tests.mutants.places import changed_at

ROOT: Final = Path(__file__).parents[2]
PLANTED: Final = "HUIYING_MUTANT"


class Changed(SourceFileLoader):
    """Loads a module with one change made, past what was compiled before."""

    number = 0

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_source(fullname)
        return None if source is None else compile(changed_at(source, self.number), self.path, "exec")


class Planter(MetaPathFinder):
    """Finds the one module that is to be changed."""

    def __init__(self, file: Path, number: int) -> None:
        self._name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        self._number = number

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None:
            return None
        spec.loader = Changed(fullname, spec.origin)
        spec.loader.number = self._number
        return spec


def plant(mutant: str) -> None:
    """Have the module imported changed from now on; one that is imported already would not be."""
    name, _, number = mutant.partition(":")
    planter = Planter(ROOT / name, int(number))
    if planter._name in sys.modules:
        raise RuntimeError(f"{name} is imported already")
    sys.meta_path.insert(0, planter)


if PLANTED in os.environ:
    plant(os.environ[PLANTED])
