"""What comes in from outside is read strictly, and each fault is named with its place."""

import json
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, ClassVar, get_args, get_origin, get_type_hints

import pytest

from casework.edge import ONE_LINE, FieldError, Malformed, checked, read_command
from domain.bounds import LONGEST_LIST, LONGEST_TEXT
from domain.catalogue import COMMANDS
from domain.steps.publish import EndEmergencyResponse, HoldPressConference
from domain.steps.register import Register
from tests.api.office import PROOF

REGISTRATION = {
    "title": "路灯",
    "discovered_at": "2026-09-07T10:00:00+08:00",
    "sources": [{"at": "2026-09-07T09:40:00+08:00", "platform": "douyin", "gist": "不亮"}],
}


def faults(kind: str, content: object) -> set[tuple[str, str]]:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(Malformed) as told:
        read_command(kind, text)
    return {(fault.pointer, fault.code) for fault in told.value.faults}


def test_instants_are_taken_in_utc_whatever_their_zone():
    command = read_command("register", json.dumps(REGISTRATION).encode())
    assert isinstance(command, Register)
    assert command.discovered_at == datetime(2026, 9, 7, 2, tzinfo=UTC)
    assert command.discovered_at.tzinfo is UTC


def test_instants_are_cut_to_the_whole_seconds_in_which_the_rules_reckon():
    content = {**REGISTRATION, "discovered_at": "2026-09-07T10:00:00.999999+08:00"}
    assert read_command("register", json.dumps(content).encode()) == read_command(
        "register", json.dumps(REGISTRATION).encode()
    )


@pytest.mark.parametrize("code", ["", " ", "快手", "two words", "x" * 65])
def test_a_platform_is_named_by_a_code(code: str):
    source = {"at": "2026-09-07T09:40:00+08:00", "platform": code, "gist": "不亮"}
    assert faults("register", {**REGISTRATION, "sources": [source]}) == {
        ("/sources/0/platform", "unknown_value")
    }


def test_the_kind_may_be_named_or_left_out_but_not_be_another():
    assert read_command("sign_for", b"{}") == read_command("sign_for", b'{"kind": "sign_for"}')
    assert faults("sign_for", {"kind": "judge"}) == {("/kind", "unknown_value")}
    assert faults("burn", {}) == {("/kind", "unknown_value")}


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-09-07T10:00:00", "zone_missing"),
        ("2026-09-07", "not_an_instant"),
        ("1788746400", "not_an_instant"),
        ("soon", "not_an_instant"),
        (1788746400, "not_an_instant"),
        (True, "not_an_instant"),
        (None, "not_an_instant"),
        ("0001-01-01T00:00:00Z", "out_of_range"),
        ("9999-12-31T23:59:59-12:00", "out_of_range"),
    ],
)
def test_a_time_is_an_instant_with_its_zone(instant: object, code: str):
    assert faults("register", {**REGISTRATION, "discovered_at": instant}) == {("/discovered_at", code)}


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("title", "亮" * 201, ("/title", "too_long")),
        ("title", "两\n行", ("/title", "control_character")),
        ("title", "a\x00b", ("/title", "control_character")),
        ("title", "a\x1bb", ("/title", "control_character")),
        ("title", "a\u202eb", ("/title", "control_character")),
        ("title", 5, ("/title", "wrong_type")),
        ("concerns", ["长" * (LONGEST_TEXT + 1)], ("/concerns/0", "too_long")),
        ("concerns", ["问"] * (LONGEST_LIST + 1), ("/concerns", "too_many")),
        ("subject_kind", "gossip", ("/subject_kind", "unknown_value")),
        ("colour", "red", ("/colour", "unexpected")),
        ("sources", {"at": "2026"}, ("/sources", "wrong_type")),
        ("metrics", [{"at": "2026-09-07T10:00:00Z", "posts": 1.0}], ("/metrics/0/posts", "wrong_type")),
        ("metrics", [{"at": "2026-09-07T10:00:00Z", "posts": True}], ("/metrics/0/posts", "wrong_type")),
        ("metrics", [{"at": "2026-09-07T10:00:00Z", "posts": 10**13}], ("/metrics/0/posts", "out_of_range")),
        ("metrics", [{"at": "2026-09-07T10:00:00Z", "posts": 10**30}], ("/metrics/0/posts", "out_of_range")),
        ("metrics", [{"at": "2026-09-07T10:00:00"}], ("/metrics/0/at", "zone_missing")),
        ("metrics", [{"at": "2026-09-07T10:00:00Z", "x/y~": 1}], ("/metrics/0/x~1y~0", "unexpected")),
    ],
)
def test_a_fault_is_named_with_its_place(field: str, value: object, fault: tuple[str, str]):
    assert faults("register", {**REGISTRATION, field: value}) == {fault}


def test_line_breaks_are_welcome_in_texts_of_several_lines():
    command = read_command("record_handling", json.dumps({"text": "一\r\n\t二"}).encode())
    assert getattr(command, "text", "") == "一\r\n\t二"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xef\xbb\xbf{}",
        b'{"reason": NaN}',
        b'{"reason": "\\ud800"}',
        b'{"reason": "a\x01b"}',
        b"[" * 400,
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"reason": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_object_is_refused_as_such(content: bytes):
    assert faults("end_emergency_response", content) == {("", "not_json")}


def test_what_is_not_utf8_is_refused_as_such():
    assert faults("end_emergency_response", '{"reason": "险"}'.encode("gbk")) == {("", "not_utf8")}


def test_all_faults_are_told_at_once():
    assert faults("register", {"title": 1, "sources": [], "x": 2}) == {
        ("/title", "wrong_type"),
        ("/discovered_at", "missing"),
        ("/x", "unexpected"),
    }


def test_commands_made_elsewhere_are_checked_alike():
    clean = HoldPressConference(held_at=datetime(2026, 9, 7, 2, tzinfo=UTC), evidence=())
    assert checked(clean) == clean
    with pytest.raises(Malformed) as told:
        checked(replace(clean, held_at=datetime(2026, 9, 7, 2)))  # noqa: DTZ001  what is refused
    assert told.value.faults == (FieldError("/held_at", "zone_missing"),)
    with pytest.raises(Malformed):
        checked(EndEmergencyResponse(reason="a\ud800"))


def test_evidence_keeps_its_address_on_one_line():
    content = {"held_at": "2026-09-07T10:00:00Z", "evidence": [{**PROOF, "url": "x\ny"}]}
    assert faults("hold_press_conference", content) == {("/evidence/0/url", "control_character")}


def test_whatever_stands_in_a_case_in_its_own_words_has_a_length_and_one_line():
    """A text that is not kept beside the case is part of it, so that each of them has a bound of its own."""
    inside: set[str] = set()
    for command in COMMANDS.values():
        _names_of_texts(command, "", inside)
    assert inside - set(ONE_LINE) == set()
    assert "secrecy_reviewer" in inside


def _names_of_texts(kind: object, field: str, names: set[str]) -> None:
    if kind is str:
        names.add(field)
    elif is_dataclass(kind):
        for name, inner in get_type_hints(kind, include_extras=True).items():
            if not name.startswith("_"):
                _names_of_texts(inner, name, names)
    elif get_origin(kind) not in {Annotated, ClassVar}:
        for inner in get_args(kind):
            _names_of_texts(inner, field, names)


@pytest.mark.parametrize(
    ("kind", "field", "longest"),
    [
        ("review_draft", "secrecy_reviewer", 64),
        ("review_draft", "handling_confirmed_by", 200),
        ("instruct", "stand_in", 64),
    ],
)
def test_who_is_named_stands_on_one_line(kind: str, field: str, longest: int):
    rest = {"review_draft": {"draft": "draft-1", "stage": "final_review", "approved": True}}.get(
        kind, {"text": "请办理", "to": ["x"]}
    )
    read_command(kind, json.dumps({**rest, field: "名" * longest}).encode())
    assert faults(kind, {**rest, field: "名" * (longest + 1)}) == {(f"/{field}", "too_long")}
    assert faults(kind, {**rest, field: "名\n名"}) == {(f"/{field}", "control_character")}
