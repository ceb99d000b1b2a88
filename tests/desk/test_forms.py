"""The forms: made from the catalogue alone, every field named,
and what is typed is what a program would send.
"""

from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin

import pytest

from api.command_routes import examples
from casework.edge import Malformed, read_command
from desk.case.offers import _GROUPS
from desk.step.fields import ROWS, FormField, form_fields, members, plain
from desk.step.form_data import to_command_json
from desk.step.form_errors import refused_errors
from domain.catalogue import COMMANDS
from domain.terms.refusals import Reason, Refused
from storage.regulations import load_law
from tests.desk.seat import Fields
from words.labels import labels

NOW = "2026-09-07T10:00"


def flat(value: Any, name: str = "") -> Fields:
    """A command's JSON value as a browser sends it."""
    if isinstance(value, dict):
        parts = [flat(part, f"{name}.{key}" if name else key) for key, part in value.items()]
        return {key: values for part in parts for key, values in part.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        rows = [flat(row, f"{name}[{number}]") for number, row in enumerate(value)]
        return {key: values for row in rows for key, values in row.items()}
    if isinstance(value, list):
        return {name: [str(item) for item in value]}
    if isinstance(value, bool):
        return {name: ["true"]} if value else {}
    return {name: [str(value)]}


def example(kind: str) -> Any:
    """The example of a command as somebody fills it in: without digests, which the server takes from files,
    and ticked by hand.

    What a program confirms by sending the command, a person ticks.
    """
    command: Any = COMMANDS[kind]
    ticked = {field.name: True for field in fields(command) if field.default is True}
    return {**ticked, **_without_digests(examples()[kind])}


def _without_digests(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_digests(part) for name, part in value.items() if name != "sha256"}
    return [_without_digests(item) for item in value] if isinstance(value, list) else value


def entries(fields: tuple[FormField, ...]) -> list[FormField]:
    """All fields of a form, those inside groups and rows among them."""
    found = []
    for entry in fields:
        found.append(entry)
        found += entries(entry.parts)
        for row in entry.rows:
            found += entries(row)
    return found


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_is_typed_is_what_a_program_would_send(kind: str):
    sent = example(kind)
    typed = flat(sent)
    assert read_command(kind, _json(to_command_json(kind, typed))) == read_command(kind, _json(sent))


def _json(value: Any) -> bytes:
    import json  # noqa: PLC0415  here alone

    return json.dumps(value).encode()


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_field_of_every_form_has_its_names(kind: str):
    names = labels()["fields"]

    def walk(part: Any) -> None:
        for field, hint in members(part):
            assert field.name in names
            inner, _ = plain(hint)
            inner = get_args(inner)[0] if get_origin(inner) is tuple else inner
            if is_dataclass(inner):
                walk(inner)

    walk(COMMANDS[kind])


def test_no_name_stands_for_a_field_that_is_gone():
    used: set[str] = set()

    def walk(part: Any) -> None:
        used.update(field.name for field in fields(part))
        for _, hint in members(part):
            inner, _ = plain(hint)
            inner = get_args(inner)[0] if get_origin(inner) is tuple else inner
            if is_dataclass(inner):
                walk(inner)

    for command in COMMANDS.values():
        walk(command)
    assert set(labels()["fields"]) <= used
    assert set(labels()["hints"]) <= used


@pytest.mark.parametrize("kind", COMMANDS)
def test_what_was_typed_is_in_the_form_again(kind: str):
    typed = flat(example(kind))
    shown = {
        entry.name: entry.value or ",".join(sorted(entry.chosen))
        for entry in entries(form_fields(kind, lambda _: None, typed, now=NOW))
    }
    for name, values in typed.items():
        assert shown[name] in {values[0], ",".join(sorted(values)), "\n".join(values)}, name


def test_an_untouched_form_fills_in_the_time_once_and_sends_nothing_else():
    fields = form_fields("register", lambda _: None, {}, now=NOW)
    filled = {entry.name: [entry.value] for entry in entries(fields) if entry.value}
    assert filled == {"discovered_at": [NOW], "sources[0].at": [NOW], "metrics[0].at": [NOW]}
    assert to_command_json("register", filled) == {
        "title": "",
        "discovered_at": "2026-09-07T10:00:00+08:00",
        "sources": [],
    }


def test_times_are_those_of_shanghai_and_nonsense_is_left_for_the_check():
    assert (
        to_command_json("hold_press_conference", {"held_at": ["2026-09-07T10:00"]})["held_at"]
        == "2026-09-07T10:00:00+08:00"
    )
    assert to_command_json("hold_press_conference", {"held_at": ["tomorrow"]})["held_at"] == "tomorrow"


def test_empty_rows_are_none():
    typed = {"sources[0].gist": ["视频"], "sources[0].platform": ["douyin"], "sources[2].gist": ["  "]}
    assert to_command_json("register", typed)["sources"] == [{"gist": "视频", "platform": "douyin"}]


@pytest.mark.parametrize("row", ["²", "9" * 5000, "3000000", "-1", "00"])
def test_a_row_that_no_page_of_ours_has_is_not_there(row: str):
    typed = {"title": ["路灯"], f"sources[{row}].gist": ["视频"]}
    assert to_command_json("register", typed)["sources"] == []
    listed = {entry.name: entry for entry in form_fields("register", lambda _: None, typed, now=NOW)}
    assert len(listed["sources"].rows) == ROWS


@pytest.mark.parametrize("number", ["--5", "9" * 5000, "٣", "²", "-", "1e9"])
def test_a_number_that_is_none_is_told_beside_its_field(number: str):
    typed = {"metrics[0].at": ["2026-09-07T10:00"], "metrics[0].reads": [number]}
    with pytest.raises(Malformed) as told:
        read_command("register", _json(to_command_json("register", typed)))
    assert "/metrics/0/reads" in {fault.pointer for fault in told.value.faults}


def test_who_comes_second_is_told_the_number_of_the_last_event():
    law = load_law("gaoan-2020", 2026)
    assert "现为第 5 号记录" in refused_errors(law, "", Refused(Reason.STALE, "5"), ()).advice


def test_every_command_has_its_place_among_the_offers():
    rooms = {room for _, group in _GROUPS for room in group}
    assert {command.__module__.rpartition(".")[2] for command in COMMANDS.values()} <= rooms
