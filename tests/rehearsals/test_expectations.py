"""Every expectation key agrees with what was recorded, and reports what was not."""

from pathlib import Path

import pytest

from rehearsals.document import Rehearsal, load
from rehearsals.folding import fold_rehearsal
from rehearsals.keys import KEYS
from rehearsals.pure import rehearse_purely
from rehearsals.source import Faulty
from tests.rehearsals.conftest import ROOT

P1, P3, P5 = (ROOT / "rehearsals" / f"{name}.yaml" for name in ("P1", "P3", "P5"))
FIRE, WAGES = (ROOT / "rehearsals" / "demonstration" / f"{name}.yaml" for name in ("fire", "wages"))
WEEKEND = ROOT / "tests" / "rehearsals" / "files" / "weekend.yaml"
LIGHTS = ROOT / "rehearsals" / "demonstration" / "streetlights.yaml"

# For each key: a rehearsal, what agrees with its record, and what does not.
CASES: dict[str, tuple[Path, str, str]] = {
    "stage": (P1, "closed", "handling"),
    "level": (P5, "L3", "L2"),
    "level_at_judgement": (P5, "L2", "L3"),
    "level_path": (P5, "[L2, L3]", "[L3, L2]"),
    "level_suggestion": (P5, "L3", "L2"),
    "level_floor": (FIRE, "L4", "L1"),
    "emergency_grade": (FIRE, "重大", "none"),
    "key_categories": (FIRE, "K4", "[K2, K4]"),
    "response_class": (FIRE, "H24", "H48"),
    "response_due_at": (P5, "+48h", "+24h"),
    "fact_conclusion": (P1, "UNTRUE", "none"),
    "verifications": (P1, "[{peer: 市网信办, answer: untrue}]", "[{peer: 市网信办, answer: none}]"),
    "display_deadline": (FIRE, "none", "+24h"),
    "supervised": (P3, "false", "true"),
    "unanswered": (LIGHTS, "[1]", "[]"),
    "closed_at": (P1, "2026-03-16T10:00:00+08:00", "none"),
    "archived_at": (P1, "none", "2026-03-16T10:00:00+08:00"),
    "auto_close": (P5, "false", "true"),
    "close_obstacles": (
        FIRE,
        "[close_conclusion_missing, close_offline_missing, close_heat_not_down, close_archive_incomplete]",
        "[]",
    ),
    "cannot_close_before": (P5, "2026-09-22T16:30:00+08:00", "2026-09-24T16:00:00+08:00"),
    "obligations": (
        P5,
        "[{kind: RESP48, status: breached, overdue: 28h}]",
        "[{kind: RESP48, status: on_time}]",
    ),
    "no_obligations": (P5, "[{kind: PUB24}]", "[{kind: RECTIFY, unit: 市城市管理局}]"),
    "obligation_count": (P3, "{RESP48: 4, PUB24: 0}", "{RESP48: 5}"),
    "reminders_at": (P5, "[+24h, +36h, +43h12m]", "[+24h, +36h]"),
    "reminders": (
        P5,
        "[{kind: RESP48, percent: 90, at: +43h12m}]",
        "[{kind: RESP48, percent: 90, at: +43h}]",
    ),
    "rectify_due": (P5, "2026-09-14T23:59:59+08:00", "2026-09-12T10:20:00+08:00"),
    "weekend_pause": (WEEKEND, "false", "true"),
    "holiday_pause": (P1, "false", "true"),
    "internal_reply_stops_clock": (P5, "false", "true"),
    "breach_erasable": (P5, "false", "true"),
    "score_delta": (P5, "{市城市管理局: -6.5, 青溪镇: 0}", "{市城市管理局: -6}"),
    "continuous_updates": (FIRE, "{max_gap: 24h, gaps_ok: true}", "{gaps_ok: false}"),
    "papers": (P5, "[{kind: 约谈纪要, to: 市城市管理局}]", "[{kind: 约谈纪要, to: 青溪镇}]"),
    "no_papers": (P1, "[{kind: 督办单}]", "[{kind: 交办单}]"),
    "papers_drafted": (P3, "[{kind: 督办单, to: 云岭乡, drafted_at: +48h}]", "[{kind: 交办单}]"),
    "required_papers": (P1, "{核实单: 3, 交办单: 1}", "{核实单: 2}"),
    "missing_papers": (P5, "[special_report, deep_report]", "[]"),
    "ladder": (P5, "[督办单, 通报批评, 约谈通知]", "[督办单, 通报批评]"),
    "events": (P5, "[{kind: obligation_breached, at: +48h}]", "[{kind: obligation_breached, at: +48h1s}]"),
    "no_events": (
        P1,
        "[{kind: obligation_breached, obligation: 'RESP48:qingxi:assignment-1'}]",
        "[{kind: closed}]",
    ),
    "notices": (P5, "[{unit: 市政府办公室, purpose: to_sign}]", "[{unit: 青溪镇, purpose: to_sign}]"),
    "no_notices": (P1, "[{unit: 市纪委监委, purpose: warning}]", "[{unit: 青溪镇, purpose: to_do}]"),
    "clauses": (P3, "['二#4']", "['三(五)#1']"),
    "state": (P3, "{topic: '', assignment: {round: 1}}", "{assignment: {round: 2}}"),
    "rule": (P3, "R3", "R4"),
    "first_responsible": (P3, "市交通运输局", "[市交通运输局, 青溪镇]"),
    "responders": (P3, "[青溪镇, 石桥镇, 云岭乡, 市交通运输局]", "[市交通运输局]"),
    "lead": (WAGES, "市人力资源和社会保障局", "none"),
    "coordinators": (P3, "[市网信办, 市政府办公室]", "[]"),
    "responsibility_suggestion": (WAGES, "{rule: R4, lead_suggested: false}", "{rule: R5}"),
    "sign": (P5, "[{unit: 市城市管理局, status: late}]", "[{unit: 市城市管理局, status: on_time}]"),
    "forward": (P5, "[]", "[{unit: 市政府办公室}]"),
    "incident_primary_status": (P5, "breached", "on_time"),
    "publications": (P1, "[{unit: 青溪镇, relayed_on: [weibo]}]", "[{unit: 青溪镇, relayed_on: []}]"),
    "reports": (P1, "[{unit: 青溪镇, to: 市政府办公室}]", "[{unit: 青溪镇, to: 市网信办}]"),
    "coverage_rate": (P1, "1", "0.667"),
    "reach_rate": (P1, "none", "0.5"),
    "branch": (
        P1,
        "{conclusion: UNTRUE, content: clarification, published: true}",
        "{content: measures_and_result}",
    ),
    "no_words": (P1, "[学生姓名]", "[流感]"),
    "clue_transfers": (P1, "0", "1"),
}


def expecting(file: Path, text: str, folder: Path) -> Rehearsal:
    """The rehearsal of a file with other expectations."""
    kept = file.read_text(encoding="utf-8").split("\nexpect:")[0]
    other = folder / file.name
    other.write_text(f"{kept}\nexpect: {text}\n", encoding="utf-8")
    return load(other)


def test_every_key_is_tried():
    assert set(CASES) == set(KEYS)


@pytest.mark.parametrize("name", CASES)
def test_what_is_so_agrees(name: str, tmp_path: Path):
    file, right, _ = CASES[name]
    (verdict,) = rehearse_purely(expecting(file, f"{{{name}: {right}}}", tmp_path))
    assert [finding for finding in verdict.findings if not finding.agrees] == []


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_so_is_reported(name: str, tmp_path: Path):
    file, _, wrong = CASES[name]
    (verdict,) = rehearse_purely(expecting(file, f"\n  {name}: {wrong}", tmp_path))
    reported = [finding for finding in verdict.findings if not finding.agrees]
    assert [finding.subject for finding in reported] == [name]
    assert not verdict.agrees


def test_a_finding_names_the_line_of_its_element(tmp_path: Path):
    text = "\n  obligations:\n    - {kind: RESP48}\n    - {kind: PUB24}"
    rehearsal = expecting(P1, text, tmp_path)
    (verdict,) = rehearse_purely(rehearsal)
    lines = Path(rehearsal.path).read_text(encoding="utf-8").splitlines()
    (wrong,) = [finding for finding in verdict.findings if not finding.agrees]
    assert "PUB24" in lines[wrong.place.line - 1]


def test_two_expectations_never_rest_on_one_record(tmp_path: Path):
    twice = "{obligations: [{kind: RECTIFY}, {kind: RECTIFY}]}"
    (verdict,) = rehearse_purely(expecting(P5, twice, tmp_path))
    assert [finding.agrees for finding in verdict.findings if finding.subject == "obligations"] == [
        True,
        False,
    ]


def test_an_expectation_at_an_instant_is_judged_as_of_then(tmp_path: Path):
    text = """
  - {at: +47h, supervised: false, ladder: []}
  - {at: +48h, supervised: false}
  - {at: +48h1s, supervised: true, ladder: [督办单]}
  - {at: -1h, stage: registered}"""
    (verdict,) = rehearse_purely(expecting(P5, text, tmp_path))
    assert verdict.agrees


def test_an_expectation_after_the_last_step_lets_the_clock_run_on(tmp_path: Path):
    text = (
        "\n  - {at: 2026-04-15T10:00:00+08:00, stage: archived, archived_at: 2026-04-15T10:00:00+08:00}\n"
        "  - {stage: closed}"
    )
    (verdict,) = rehearse_purely(expecting(P1, text, tmp_path))
    assert verdict.agrees


@pytest.mark.parametrize(
    "name", ["weekend_pause", "holiday_pause", "internal_reply_stops_clock", "breach_erasable"]
)
def test_what_never_came_to_the_test_agrees_with_neither_answer(name: str, tmp_path: Path):
    for answer in ("true", "false"):
        (verdict,) = rehearse_purely(expecting(LIGHTS, f"{{{name}: {answer}}}", tmp_path))
        assert not verdict.agrees


def test_a_step_that_goes_otherwise_than_expected_is_reported(tmp_path: Path):
    text = P1.read_text(encoding="utf-8")
    refused_instead = text.replace("sign_for: }", "sign_for: , refused: already_signed}")
    accepted_instead = text.replace(", refused: not_judged}", "}")
    for number, changed in enumerate((refused_instead, accepted_instead)):
        file = tmp_path / f"{number}.yaml"
        file.write_text(changed, encoding="utf-8")
        (verdict,) = rehearse_purely(load(file))
        wrong = [finding for finding in verdict.findings if not finding.agrees]
        assert len(wrong) == 1
        assert wrong[0].at is not None


def test_a_case_that_was_never_registered_agrees_with_nothing(tmp_path: Path):
    text = P1.read_text(encoding="utf-8").replace(
        "title: 青溪镇自来水“致病”不实传言\n      disc", 'title: " "\n      disc'
    )
    file = tmp_path / "none.yaml"
    file.write_text(text, encoding="utf-8")
    rehearsal = load(file)
    (verdict,) = rehearse_purely(rehearsal)
    assert verdict.accepted == 0
    assert not any(finding.agrees for finding in verdict.findings if finding.subject in KEYS)
    assert fold_rehearsal(rehearsal)[0].decisions == ()


def test_a_unit_without_a_part_in_the_case_does_not_find_it(tmp_path: Path):
    text = P1.read_text(encoding="utf-8").replace(
        "  - {at: 2026-03-12T22:41:00+08:00, as: 青溪镇/handler, sign_for: }",
        "  - {at: 2026-03-12T22:40:00+08:00, as: 云岭乡/handler, sign_for: , refused: not_found}\n"
        "  - {at: 2026-03-12T22:41:00+08:00, as: 青溪镇/handler, sign_for: }",
    )
    file = tmp_path / "stranger.yaml"
    file.write_text(text, encoding="utf-8")
    (verdict,) = rehearse_purely(load(file))
    assert verdict.agrees


def test_a_field_that_no_rehearsal_may_give_is_refused(tmp_path: Path):
    with pytest.raises(Faulty, match="不能在演练中给出"):
        expecting(P1, "{state: {law: {calendar: {holidays: [2026-01-01]}}}}", tmp_path)
