"""The format: what a file may say, and what is read from it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.catalogue import COMMANDS
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import Publish
from domain.steps.register import Register
from domain.steps.verify import AnswerVerification, Conclude
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import EmergencyGrade, FactConclusion, KeyCategory, WarningLevel
from rehearsals.document import DocumentPart, Rehearsal, load
from rehearsals.values import UNIT_FIELDS, UnitCode, field_types
from tests.rehearsals.conftest import HEAD, ROOT

Reader = Callable[[str], Rehearsal]
DISCOVERED = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)


def test_relative_instants_count_from_discovery_and_now_is_the_step(rehearsed: Reader):
    rehearsal = rehearsed(
        "  - {at: +1d2h30m, as: 青溪镇/handler, publish: "
        "{draft: d, published_at: now, channels: wechat, evidence: []}}\n"
    )
    step = rehearsal.incidents[0].steps[-1]
    assert step.at == DISCOVERED + timedelta(days=1, hours=2, minutes=30)
    assert isinstance(step.command, Publish)
    assert step.command.published_at == step.at
    registration = rehearsal.incidents[0].registration.command
    assert isinstance(registration, Register)
    assert registration.sources[0].at == DISCOVERED - timedelta(minutes=20)


def test_words_are_read_by_identifier_short_form_and_chinese_name(rehearsed: Reader):
    judge = (
        "  - {{at: +1h, as: gov_office/经办人, judge: {{level: {}, factors: *factors, key_categories: {},"
        " emergency_grade: {}}}}}\n"
    )
    for level, category, grade in (
        ("L3", "K3", "较大"),
        ("complex_sensitive", "moral_bottom_line", "relatively_major"),
    ):
        step = rehearsed(judge.format(level, category, grade)).incidents[0].steps[-1]
        assert step.actor == Actor(person="gov_office-handler", role=Role.HANDLER, unit="gov_office")
        assert isinstance(step.command, Judge)
        assert step.command.level is WarningLevel.COMPLEX_SENSITIVE
        assert step.command.key_categories == (KeyCategory.MORAL_BOTTOM_LINE,)
        assert step.command.emergency_grade is EmergencyGrade.RELATIVELY_MAJOR


def test_none_is_a_word_where_the_catalogue_has_it_and_nothing_elsewhere(rehearsed: Reader):
    step = (
        rehearsed(
            "  - {at: +1h, as: 市政府办公室/handler, rejudge: {reason: r, emergency_grade: none, level:"
            " none}}\n"
        )
        .incidents[0]
        .steps[-1]
    )
    assert isinstance(step.command, Rejudge)
    assert step.command.emergency_grade is EmergencyGrade.NONE
    assert step.command.level is None


def test_true_is_the_word_that_the_field_knows(rehearsed: Reader):
    steps = (
        rehearsed(
            "  - {at: +1h, as: 市公安局/handler, answer_verification: {answer: true, result: r}}\n"
            "  - {at: +1h, as: 市政府办公室/handler, conclude: {value: TRUE, finding: f, evidence: []}}\n"
        )
        .incidents[0]
        .steps
    )
    answered, concluded = steps[-2].command, steps[-1].command
    assert isinstance(answered, AnswerVerification)
    assert answered.answer == "true"
    assert isinstance(concluded, Conclude)
    assert concluded.value is FactConclusion.TRUE


def test_defaults_fill_what_a_step_leaves_out(rehearsed: Reader):
    steps = (
        rehearsed(
            "  - {at: +1h, as: 市政府办公室/handler, rejudge: {level: L2}}\n"
            "  - {at: +2h, as: 市政府办公室/handler, rejudge: {level: L2, reason: own}}\n"
            "defaults: {rejudge: {reason: shared}}\n"
        )
        .incidents[0]
        .steps
    )
    assert [step.command.reason for step in steps[-2:] if isinstance(step.command, Rejudge)] == [
        "shared",
        "own",
    ]


def test_a_shift_moves_every_instant(written: Callable[[str], Path]):
    file = written(
        f"{HEAD}  - {{at: +1h, as: 青溪镇/handler, sign_for: }}\nexpect: {{at: +2h, stage: assigned}}\n"
    )
    plain, moved = load(file), load(file, shift=timedelta(days=3))
    for before, after in zip(plain.incidents[0].steps, moved.incidents[0].steps, strict=True):
        assert after.at - before.at == timedelta(days=3)
    assert moved.incidents[0].expectations[0].at == DISCOVERED + timedelta(days=3, hours=2)


def test_a_refused_registration_may_come_before_the_one_that_counts(written: Callable[[str], Path]):
    refused = (
        "  - {at: 2026-06-01T08:01:00+08:00, as: 市政府办公室/monitor, refused: missing_part, register: "
        "{title: t, discovered_at: 2026-06-01T08:00:00+08:00, sources: []}}\n"
    )
    plan = load(written(HEAD.replace("steps:\n", f"steps:\n{refused}"))).incidents[0]
    assert plan.registration is plan.steps[1]


def test_the_system_is_stopped_and_started_by_the_clock_of_the_first_incident(rehearsed: Reader):
    rehearsal = rehearsed("system: [{at: +1h, stop: database}, {at: +2h, start: database}]\n")
    assert [(step.at - DISCOVERED, step.part, step.running) for step in rehearsal.system] == [
        (timedelta(hours=1), DocumentPart.DATABASE, False),
        (timedelta(hours=2), DocumentPart.DATABASE, True),
    ]
    assert rehearsal.ends_at == DISCOVERED + timedelta(hours=2)


# Texts that hold no unit: a field of a command that is in neither list has not been thought about.
TEXTS = {
    *(
        "title",
        "hint",
        "topic",
        "gist",
        "origin",
        "figure_source",
        "agenda",
        "timing",
        "approver",
        "foreign_id",
        "url",
        "duty",
        "text",
        "questions",
        "result",
        "finding",
        "note",
        "sha256",
        "reason",
        *("clue", "act", "legal_basis", "receipt", "incident", "number", "secondary_to"),
    ),
    *(
        "facts",
        "measures",
        "clarification",
        "verifying",
        "verifying_by",
        "handling_confirmed_by",
        "paragraph",
        "steps",
        "subject",
        "type",
        "value",
    ),
    *(
        "draft",
        "comment",
        "publication",
        "report",
        "paper",
        "minutes",
        "opinion",
        "concerns",
        "heat_override",
        "went_out_anyway",
    ),
    *("concerns_waiver", "papers_waiver"),
    *("requirement", "doc_number", "notice", "task", "plan", "spokesperson"),
    *("updates", "corrects", "obligation"),
    *("updates", "corrects"),
    *("obligation", "infringement", "seriousness", "demand"),
    *("root_cause", "prevention", "evaluation"),
    *("quantitative", "qualitative", "advice"),
    *("conflicts", "discrepancies", "question", "answer", "forbidden"),
    *("destination", "addressees"),
    *("readers", "secrecy_reviewer"),  # persons, by their logins
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_text_of_a_command_is_known_to_be_a_unit_or_not(kind: str):
    texts = {name for name, found in _fields(COMMANDS[kind]) if found in {str, tuple[str, ...], str | None}}
    units = {name for name, found in _fields(COMMANDS[kind]) if "UnitCode" in str(found) or found is UnitCode}
    assert texts <= TEXTS
    assert units <= UNIT_FIELDS


def _fields(wanted: object) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, hint in field_types(wanted).items():
        found.append((name, hint))
        for part in (hint, *getattr(hint, "__args__", ())):
            if hasattr(part, "__dataclass_fields__"):
                found += _fields(part)
    return found


def test_every_file_of_the_project_can_be_read():
    files = [*ROOT.glob("rehearsals/*.yaml"), *ROOT.glob("rehearsals/demonstration/*.yaml")]
    assert {load(file).name for file in files} >= {"P1", "P3", "P5", "fire"}
