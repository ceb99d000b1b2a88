"""What each kind of paper says: made of recorded cases without a fault, blank where nothing is known, Chinese on every page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import apply
from domain.rules.papers import PaperDrafted
from domain.terms.vocabulary import PaperKind
from papers.official import as_docx
from papers.sheet import AWAITING_NUMBER, Sheet
from papers.skeletons.letter import BLANK, Ground
from papers.skeletons.preview import preview
from papers.skeletons.sheets import sheet_of
from storage.codec import DECISION
from storage.regulation_text import sentences
from tests.storage.cases import START, Case
from words.language import Language, speak, spoken

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = sorted(
    set(GOLDEN.glob("*/*.decisions.jsonl")) - set(GOLDEN.glob("*/continued-2.*"))
)  # which goes on where another ends


def sheets(decisions: Iterator[Decision]) -> Iterator[tuple[PaperKind, Sheet]]:
    """The sheet of each paper of a case, as it was when the paper came about."""
    incident: Incident | None = None
    for decided in decisions:
        incident = apply(incident, decided)
        for event in decided.events:
            if isinstance(event, PaperDrafted):
                ground = Ground(
                    incident=incident,
                    paper=event.paper,
                    events=decided.events,
                    sentences=sentences(incident.law.regulation),
                )
                yield event.paper.kind, sheet_of(ground, number=None, code="0" * 16)


def bare(kind: PaperKind, incident: Incident) -> Ground:
    """A paper of which the case knows nothing but that it is there."""
    paper = Paper(
        id=f"{kind}-1",
        kind=kind,
        unit="qingxi",
        cause="",
        clause="",
        drafted_at=START,
        status=PaperStatus.DRAFTED,
    )
    return Ground(incident=incident, paper=paper, events=(), sentences={})


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_each_paper_of_a_recorded_case_becomes_a_sheet(file: Path):
    lines = file.read_text(encoding="utf-8").splitlines()
    for kind, sheet in sheets(DECISION.validate_json(line) for line in lines):
        assert sheet.title.strip(), kind
        assert sheet.signature.strip(), kind
        assert sheet.body, kind
        assert "None" not in " ".join(paragraph.text for paragraph in sheet.body), kind


def test_the_recorded_cases_have_most_kinds_of_papers():
    kinds = {
        kind
        for file in RECORDED
        for kind, _ in sheets(map(DECISION.validate_json, file.read_text(encoding="utf-8").splitlines()))
    }
    assert len(kinds) > len(PaperKind) // 2, set(PaperKind) - kinds


@pytest.mark.parametrize("kind", PaperKind)
def test_what_nobody_knows_is_a_blank_and_no_sheet_fails_for_it(kind: PaperKind):
    sheet = sheet_of(bare(kind, Case().state), number=None, code="")
    words = " ".join((*(paragraph.text for paragraph in sheet.body), *(row.value for row in sheet.rows)))
    assert BLANK in words
    assert preview(sheet).number == AWAITING_NUMBER
    assert as_docx(sheet)[:2] == b"PK"


def test_a_sheet_is_chinese_whatever_the_page_speaks():
    ground = bare(PaperKind.ASSIGNMENT_ORDER, Case().state)
    chinese = sheet_of(ground, number=None, code="")
    speak(Language.ENGLISH)
    try:
        assert sheet_of(ground, number=None, code="") == chinese
        assert spoken() is Language.ENGLISH
    finally:
        speak(Language.CHINESE)


def test_a_drill_is_marked_and_a_draft_bears_no_day():
    sheet = sheet_of(bare(PaperKind.OPINION_HINT, Case(drill=True).state), number=None, code="")
    assert sheet.is_drill
    assert sheet.dated is None
    signed = replace(
        bare(PaperKind.OPINION_HINT, Case().state).paper, signed_at=START, status=PaperStatus.ISSUED
    )
    ground = replace(bare(PaperKind.OPINION_HINT, Case().state), paper=signed)
    assert sheet_of(ground, number="", code="").dated is not None
