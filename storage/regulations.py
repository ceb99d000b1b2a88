"""Loads a regulation from its data folder: the law as it is frozen into a case registered in a given year."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from domain.regulation import Law
from storage.codec import LAW, digest

REGULATIONS = Path(__file__).resolve().parent.parent / "regulations"
EDITION = 2
_YEARS_AHEAD = 1


@cache
def load_law(name: str, year: int) -> Law:
    """The law in force under `name` for cases of `year`, with the calendar of that year and the next.

    Raises FileNotFoundError for an unknown name and pydantic's ValidationError for data that is no law.
    """
    folder = REGULATIONS / name
    parameters = _read(folder / "parameters.yaml")
    units = _read(folder / "units.yaml")
    content = {**parameters, **units, "calendar": _calendar(folder, year)}
    return LAW.validate_python({**content, "edition": EDITION, "digest": digest(_plain(content))})


def _read(path: Path) -> dict[str, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise TypeError(f"{path.name}: not a mapping")
    return loaded


def _calendar(folder: Path, year: int) -> dict[str, Any]:
    announced: dict[int, dict[str, list[date]]] = _read(folder / "calendar.yaml")["years"]
    years = [known for known in (year, year + _YEARS_AHEAD) if known in announced]
    return {
        "years": years,
        "holidays": [day for known in years for day in announced[known]["holidays"]],
        "makeup_workdays": [day for known in years for day in announced[known]["makeup_workdays"]],
    }


def _plain(value: Any) -> Any:
    """YAML values as JSON has them; dates become their ISO text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
