"""Loads a regulation from its data folder: the law as it is frozen into a case registered in a given year."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from domain.law.articles import Articles
from domain.law.editions import NEWEST
from domain.law.enactment import Enacted, amended
from domain.law.regulation import Law
from domain.law.retention import Retention
from storage.codec import LAW, digest
from words.yaml_files import read_mapping

REGULATIONS = Path(__file__).resolve().parent.parent / "regulations"
EDITION = NEWEST
_YEARS_AHEAD = 1
_SHARED = "shared"


def load_law(name: str, year: int, enacted: tuple[Enacted, ...] = ()) -> Law:
    """The law in force under `name` for cases of `year`, with the calendar of that year and the next.

    `enacted` are the changes that two persons confirmed, oldest first; the last names the version (R007).
    Raises FileNotFoundError for an unknown name and pydantic's ValidationError for data that is no law.
    """
    return _loaded(name, year, enacted)


@cache
def _loaded(name: str, year: int, enacted: tuple[Enacted, ...]) -> Law:
    content = _content(name, year, enacted)
    return LAW.validate_python({**content, "edition": EDITION, "digest": digest(_plain(content))})


def parameters(name: str, enacted: Iterable[Enacted] = ()) -> dict[str, Any]:
    """The parameters of a regulation as its file has them, with the changes that were enacted.

    Raises FileNotFoundError for an unknown name.
    """
    values: dict[str, Any] = _plain(read_mapping(REGULATIONS / name / "parameters.yaml"))
    for change in enacted:
        values = {
            **amended(values, json.loads(change.parameters)),
            "version": f"{values['version'].partition('+')[0]}+{change.number}",
        }
    return values


@cache
def retention(name: str) -> Retention:
    """For how many months a regulation lets the words of the public stand."""
    return Retention(**read_mapping(REGULATIONS / name / "retention.yaml"))


def regulations() -> tuple[str, ...]:
    """The names of all regulations at hand."""
    return tuple(sorted(file.parent.name for file in REGULATIONS.glob("*/parameters.yaml")))


@cache
def articles(name: str) -> Articles:
    """Which clause of a regulation says what the rules cite, sorted by article."""
    return tuple(sorted(read_mapping(REGULATIONS / name / "articles.yaml")["articles"].items()))


def legal_basis(name: str) -> tuple[dict[str, str], ...]:
    """The texts that a regulation rests on, each with its title, document number and, where needed,
    a note (R001).
    """
    file = REGULATIONS / name / "legal_basis.yaml"
    return tuple(read_mapping(file)["texts"]) if file.exists() else ()


def _content(name: str, year: int, enacted: tuple[Enacted, ...]) -> dict[str, Any]:
    values = parameters(name, enacted)
    shared: dict[str, str] = values.pop(_SHARED, {})
    imported: dict[str, Any] = values.pop("calendar", {})
    profiles: dict[str, Any] = values.pop("profiles", {})
    platforms = read_mapping(REGULATIONS / shared.get("platforms", name) / "platforms.yaml")
    units = read_mapping(REGULATIONS / shared.get("units", name) / "units.yaml")
    calendar = _calendar(REGULATIONS / shared.get("calendar", name), year, imported)
    own = [{"unit": unit, **profile} for unit, profile in sorted(profiles.items()) if profile]
    rest = {"profiles": own} if own else {}
    return {**values, **rest, **units, **platforms, "articles": articles(name), "calendar": calendar}


def _calendar(folder: Path, year: int, imported: dict[str, Any]) -> dict[str, Any]:
    """The calendar of a year and the next; years that were imported stand in place of the file's (DD-39)."""
    calendar = read_mapping(folder / "calendar.yaml")
    announced = {**calendar["years"], **{int(known): days for known, days in imported.items()}}
    years = [known for known in (year, year + _YEARS_AHEAD) if known in announced]
    return {
        "years": years,
        "holidays": [day for known in years for day in announced[known]["holidays"]],
        "makeup_workdays": [day for known in years for day in announced[known]["makeup_workdays"]],
        "fixed_days": calendar["every_year"],
    }


def _plain(value: Any) -> Any:
    """YAML values as JSON has them; dates become their ISO text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
