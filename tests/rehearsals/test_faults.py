"""Each fault of a file is told with file, line and what was probably meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsals.document import load
from rehearsals.source import Faulty
from tests.rehearsals.conftest import HEAD, LINES

FAULTS = {
    "an unknown step key": (
        "  - {at: +1h, as: 市政府办公室/handler, assgn: {first: 青溪镇}}",
        1,
        "assgn",
        "assign",
    ),
    "an unknown argument": (
        "  - {at: +1h, as: 市政府办公室/handler, assign: {frist: 青溪镇}}",
        1,
        "frist",
        "first",
    ),
    "a missing argument": ("  - {at: +1h, as: 市政府办公室/handler, assign: {}}", 1, "first", "missing"),
    "two commands": (
        "  - {at: +1h, as: 青溪镇/handler, sign_for: , archive: }",
        1,
        "恰好一个",
        "exactly one",
    ),
    "no command": ("  - {at: +1h, as: 青溪镇/handler}", 1, "恰好一个", "exactly one"),
    "no instant": ("  - {as: 青溪镇/handler, sign_for: }", 1, "at", "lacks"),
    "no actor": ("  - {at: +1h, sign_for: }", 1, "as", "lacks"),
    "a naive time": ("  - {at: 2026-06-01T09:00:00, as: 青溪镇/handler, sign_for: }", 1, "时区", "+08:00"),
    "a date": ("  - {at: 2026-06-01, as: 青溪镇/handler, sign_for: }", 1, "时区", "zone"),
    "a time that is none": ("  - {at: soon, as: 青溪镇/handler, sign_for: }", 1, "soon", "instant"),
    "parts of a second": (
        "  - {at: 2026-06-01T09:00:00.5+08:00, as: 青溪镇/handler, sign_for: }",
        1,
        "秒",
        "whole",
    ),
    "a step back in time": ("  - {at: +1m, as: 青溪镇/handler, sign_for: }", 1, "早于", "before"),
    "an unknown unit": ("  - {at: +1h, as: 青西镇/handler, sign_for: }", 1, "青西镇", "青溪镇"),
    "an unknown role": ("  - {at: +1h, as: 青溪镇/handlr, sign_for: }", 1, "handlr", "handler"),
    "an actor without role": ("  - {at: +1h, as: 青溪镇, sign_for: }", 1, "角色", "unit/role"),
    "an unknown reason": (
        "  - {at: +1h, as: 青溪镇/handler, sign_for: , refused: already_sign}",
        1,
        "拒绝",
        "already_signed",
    ),
    "a second registration": (
        "  - {at: +1h, as: 青溪镇/handler, register: {title: x, discovered_at: +0m, sources: []}}",
        -8,
        "register",
        "register",
    ),
    "a key given twice": ("  - {at: +1h, at: +2h, as: 青溪镇/handler, sign_for: }", 1, "重复", "twice"),
    "a text that is too long": (
        f"  - {{at: +1h, as: 市政府办公室/handler, assign: {{first: {'长' * 65}}}}}",
        1,
        "单位",
        "unit",
    ),
    "a control character": (
        '  - {at: +1h, as: 市政府办公室/handler, record_concern: {text: "a\\x07b"}}',
        1,
        "/text",
        "control",
    ),
    "a list where a value belongs": (
        "  - {at: +1h, as: 市政府办公室/handler, record_concern: {text: [a]}}",
        1,
        "单个",
        "single",
    ),
    "a value where a mapping belongs": (
        "  - {at: +1h, as: 市政府办公室/handler, add_source: {source: a}}",
        1,
        "键: 值",
        "mapping",
    ),
    "a number that is none": (
        "  - {at: +1h, as: 市政府办公室/monitor, record_metrics: {metrics: {at: now, posts: many}}}",
        1,
        "many",
        "number",
    ),
    "a truth that is none": (
        "  - {at: +1h, as: 青溪镇/spokesperson, review_draft: {draft: d, stage: 初审, approved: yes}}",
        1,
        "true",
        "false",
    ),
    "an unknown level": (
        "  - {at: +1h, as: 市政府办公室/handler, judge: {level: L5, factors: *factors}}",
        1,
        "L5",
        "WarningLevel",
    ),
    "an unknown expectation": ("expect: {stge: judged}", 1, "stge", "stage"),
    "an unknown field of an expectation": ("expect:\n  obligations: [{knd: RESP48}]", 2, "knd", "kind"),
    "an unknown event": ("expect:\n  events: [{kind: publishd}]", 2, "publishd", "published"),
    "an event without kind": ("expect:\n  events: [{unit: 青溪镇}]", 2, "kind", "kind"),
    "a duration that is none": ("expect:\n  obligations: [{kind: RESP48, overdue: long}]", 2, "long", "28h"),
    "an end before the last step": ("until: +1m", 1, "until", "until"),
    "an unknown part": ("system: [{at: +1h, stop: wrker}, {at: +2h, start: worker}]", 1, "wrker", "worker"),
    "a part never started again": ("system: [{at: +1h, stop: worker}]", 1, "启动", "started again"),
    "a part started while it runs": ("system: [{at: +1h, start: worker}]", 1, "worker", "already"),
    "a scale that is none": ("scale: 0", 1, "scale", "at least 1"),
    "an unknown header": ("titel: x", 1, "titel", "title"),
    "an unknown regulation": ("regulation: nowhere", 1, "nowhere", "regulation"),
    "an unknown command in defaults": ("defaults: {publsh: {}}", 1, "publsh", "publish"),
    "what is no YAML": ("expect: {a: [}", 1, "YAML", "YAML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_file_line_and_a_hint(fault: str, written: Callable[[str], Path]):
    rest, line, chinese, english = FAULTS[fault]
    file = written(f"{HEAD}{rest}\n")
    with pytest.raises(Faulty) as told:
        load(file)
    assert str(told.value).startswith(f"{file}:{LINES + line}: ")
    assert chinese in str(told.value)
    assert english in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "空"),
        ("- a\n", "键: 值"),
        ("title: x\n", "steps"),
        ("incidents: {}\n", "incidents"),
        ("steps: []\n", "register"),
    ],
)
def test_a_file_without_an_incident_is_refused(text: str, problem: str, written: Callable[[str], Path]):
    with pytest.raises(Faulty, match=problem):
        load(written(text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(Faulty, match="无法读取"):
        load(tmp_path / "none.yaml")
