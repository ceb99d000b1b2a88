"""The one check of what comes in from outside: strict JSON, zones, lengths and characters,
before any rule is asked.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from domain.bounds import DEEPEST, LONGEST_LIST, LONGEST_TEXT
from domain.catalogue import COMMANDS, CaseCommand
from domain.steps.register import Register

T = TypeVar("T")

LARGEST = 10**12
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

# One line each, and how long; every other text may run over several lines.
ONE_LINE = {
    "title": 200, "topic": 100, "duty": 200, "unit": 64, "to": 64, "lead": 64, "first": 64, "also": 64,
    "others": 64, "sender": 64, "members": 64, "readers": 64,
    "notice": 100, "hint": 100, "task": 100, "doc_number": 100, "co_issuers": 64, "units": 64, "url": 2000,
    "sha256": 64, "draft": 100, "paper": 100, "publication": 100,
    "obligation": 200, "updates": 100, "corrects": 100, "subject": 200, "type": 100, "value": 500,
    "conflicts": 100, "discrepancies": 100, "secrecy_reviewer": 64, "handling_confirmed_by": 200,
    "stand_in": 64, "forbidden": 200, "verifying_by": 200, "clue": 100, "act": 500, "receiver": 64,
    "receipt": 200, "incident": 64, "number": 100, "secondary_to": 64, "organ": 64, "steps": 100,
    "foreign_id": 100, "platform": 64, "channels": 64, "channel": 64, "approver": 200,
}  # fmt: skip
# What names an entry of the register of platforms: whether the law of the case has it, the rules say (DD-32).
_CODES_OF_THE_LAW = frozenset({"platform", "channels", "channel"})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch
_BEGINS_WITH_A_YEAR = re.compile(r"\d{4}-").match
_LINE_BREAKS = frozenset("\n\r\t")
# Characters that turn the direction of writing can make a text read as what it is not.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class FieldError(NamedTuple):
    """One thing wrong with what came in: where (a JSON pointer),
    and a code of `malformed` in explanations.yaml.

    `allowed` are the values that may stand there, where there is a list of them;
    `expected` the type, by its name in JSON Schema.
    """

    pointer: str
    code: str
    allowed: tuple[str, ...] = ()
    expected: str = ""


class Malformed(Exception):  # noqa: N818  an answer to the sender, not an error of the program
    """What came in cannot be read as a command; nothing was asked of the rules."""

    def __init__(self, faults: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{fault.pointer or '/'}: {fault.code}" for fault in faults))
        self.faults = faults


def read_command(kind: str, body: bytes) -> Register | CaseCommand:
    """The command of a kind from its JSON text, strictly typed, checked, its instants in UTC;
    raises Malformed.

    The text may name its `kind` or leave it out; a key that the command lacks is refused.
    """
    if kind not in COMMANDS:
        raise Malformed((FieldError("/kind", "unknown_value"),))
    command: Register | CaseCommand = read_as(reader(kind), body)
    return command


def read_content(kind: str, content: dict[str, Any]) -> Register | CaseCommand:
    """The command of a kind from a JSON value at hand, as `read_command` reads it; raises Malformed."""
    command: Register | CaseCommand = _read(reader(kind), json.dumps(content).encode(), content)
    return command


def read_as(adapter: TypeAdapter[T], body: bytes) -> T:
    """A record from its JSON text, read and checked as commands are; raises Malformed."""
    return _read(adapter, body, _parsed(body))


def _read(adapter: TypeAdapter[T], body: bytes, raw: object) -> T:
    try:
        value = adapter.validate_json(body, strict=True)
    except ValidationError as error:
        raise Malformed(tuple(_faults(error))) from None
    return checked(value, raw)


def checked(value: T, raw: object = None) -> T:
    """The dataclass with its instants in UTC; raises Malformed for a missing zone, length,
    character or range.

    Instants are cut to whole seconds, in which the rules reckon:
    else what happens now would lie in the future.

    `raw` is the JSON value it was read from, where there is one:
    a time written as a bare number has no zone either.
    """
    faults: list[FieldError] = []
    clean: T = _clean(value, raw, "", "", faults)
    if faults:
        raise Malformed(tuple(faults))
    return clean


@cache
def reader(kind: str) -> TypeAdapter[Any]:
    """The reader of one command of the catalogue."""
    return TypeAdapter(COMMANDS[kind])


def text_fault(text: str, field: str = "") -> str | None:
    """What is wrong with a text as the content of a field; None when nothing is."""
    if field in _CODES_OF_THE_LAW and not _CODE(text):
        return "unknown_value"
    one_line = field in ONE_LINE
    if len(text) > ONE_LINE.get(field, LONGEST_TEXT):
        return "too_long"
    allowed = frozenset() if one_line else _LINE_BREAKS
    if any(_is_control(character) and character not in allowed for character in text):
        return "control_character"
    return None


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} or character in _TURNING


def _parsed(body: bytes) -> object:
    try:
        body.decode()
    except UnicodeDecodeError:
        raise Malformed((FieldError("", "not_utf8"),)) from None
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise Malformed((FieldError("", "not_json"),)) from None
    if not isinstance(raw, dict) or _depth(raw) > DEEPEST:
        raise Malformed((FieldError("", "not_json"),))
    return raw


def _depth(value: object) -> int:
    deepest, layer = 0, [value]
    while layer := [item for outer in layer for item in _inside(outer)]:
        deepest += 1
    return deepest + 1


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


_QUOTED = re.compile("'([^']*)'")
_CODES = {
    "missing": "missing",
    "missing_keyword_only_argument": "missing",
    "unexpected_keyword_argument": "unexpected",
    "extra_forbidden": "unexpected",
    "enum": "unknown_value",
    "literal_error": "unknown_value",
    "json_invalid": "not_json",
}

_JSON_TYPES = {  # by the first word of what the reader of data reports
    "string": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "tuple": "array",
    "list": "array",
    "dataclass": "object",
    "model": "object",
    "dict": "object",
}


def _faults(error: ValidationError) -> Iterator[FieldError]:
    for detail in error.errors(include_url=False, include_input=False):
        yield fault_of(detail)


def fault_of(error: Mapping[str, Any]) -> FieldError:
    """A fault that the reader of data reports (pydantic's `errors()`), with what may stand there instead."""
    kind = str(error["type"])
    allowed = tuple(_QUOTED.findall(str(error.get("ctx", {}).get("expected", ""))))
    return FieldError(
        pointer(error["loc"]), fault_code(kind), allowed, _JSON_TYPES.get(kind.partition("_")[0], "")
    )


def fault_code(kind: str) -> str:
    """The code of `malformed` for a kind of fault that the reader of data reports."""
    if kind in _CODES:
        return _CODES[kind]
    if kind.startswith(("datetime", "timezone")):
        return "not_an_instant"
    return "wrong_type" if kind.endswith(("_type", "_parsing")) else "wrong_value"


def pointer(parts: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) to a place; over-long names of unknown fields are cut."""
    return "".join(f"/{str(part)[:80].replace('~', '~0').replace('/', '~1')}" for part in parts)


def _clean(value: Any, raw: object, field: str, place: str, faults: list[FieldError]) -> Any:
    if isinstance(value, datetime):
        return _instant(value, raw, place, faults)
    if isinstance(value, str):
        if (code := text_fault(value, field)) is not None:
            faults.append(FieldError(place, code))
    elif isinstance(value, int | float):
        if not abs(value) <= LARGEST:  # not a number is out of range as well
            faults.append(FieldError(place, "out_of_range"))
    elif isinstance(value, tuple):
        return _items(value, raw, field, place, faults)
    elif is_dataclass(value) and not isinstance(value, type):
        return _fields(value, raw, place, faults)
    return value


def _instant(value: datetime, raw: object, place: str, faults: list[FieldError]) -> datetime:
    if isinstance(raw, str) and not _BEGINS_WITH_A_YEAR(
        raw
    ):  # a bare number would be read as seconds since 1970
        faults.append(FieldError(place, "not_an_instant"))
    elif value.tzinfo is None:
        faults.append(FieldError(place, "zone_missing"))
    elif not EARLIEST <= value < LATEST:
        faults.append(FieldError(place, "out_of_range"))
    else:
        return value.astimezone(UTC).replace(microsecond=0)
    return value


def _items(
    value: tuple[Any, ...], raw: object, field: str, place: str, faults: list[FieldError]
) -> tuple[Any, ...]:
    if len(value) > LONGEST_LIST:
        faults.append(FieldError(place, "too_many"))
        return value
    raws = raw if isinstance(raw, list) and len(raw) == len(value) else [None] * len(value)
    return tuple(
        _clean(item, part, field, f"{place}/{number}", faults)
        for number, (item, part) in enumerate(zip(value, raws, strict=True))
    )


def _fields(value: Any, raw: object, place: str, faults: list[FieldError]) -> Any:
    known = raw if isinstance(raw, dict) else {}
    changes = {}
    for part in fields(value):
        old = getattr(value, part.name)
        new = _clean(old, known.get(part.name), part.name, f"{place}/{part.name}", faults)
        if new is not old:
            changes[part.name] = new
    return replace(value, **changes) if changes else value
