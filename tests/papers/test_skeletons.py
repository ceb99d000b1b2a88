"""What each kind of paper says: made of recorded cases without a fault, blank where nothing is known,
Chinese on every page.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.case.records import Paper, PaperStatus, Source
from domain.case.screening import Exclusion, Screening
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import apply
from domain.rules.papers import PaperDrafted
from domain.steps.escalate import SubmitRectification
from domain.terms.copies import changed
from domain.terms.vocabulary import PaperKind, Platform
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


def text(ground: Ground) -> str:
    """What a paper says, line after line."""
    return "\n".join(paragraph.text for paragraph in sheet_of(ground, number=None, code="").body)


def of_kind(case: Case, kind: PaperKind) -> Ground:
    """The paper of a kind as the case stands."""
    (paper,) = (one for one in case.state.papers if one.kind is kind)
    return Ground(incident=case.state, paper=paper, events=(), sentences={})


def post(gist: str, hours: int) -> Source:
    """A post so many hours before the case began."""
    return Source(at=START - timedelta(hours=hours), platform=Platform.DOUYIN, gist=gist)


def test_a_flash_report_tells_of_the_earliest_posts_in_whatever_order_they_came():
    state = changed(Case().state, sources=tuple(post(f"帖{hours:02}", hours) for hours in range(20)))
    words = text(bare(PaperKind.FLASH_REPORT, state))
    assert "帖08" in words
    assert "帖07" not in words
    assert words.index("帖19") < words.index("帖18")
    assert "另有8条" in words


@pytest.mark.parametrize("kind", [PaperKind.FLASH_REPORT, PaperKind.OPINION_HINT])
def test_no_letter_tells_of_a_post_that_was_excluded(kind: PaperKind):
    excluded = Screening(excluded=(Exclusion(item=1, at=START, reason="无关"),))
    sources = (post("另一件事", 3), post("这件事", 2))
    words = text(bare(kind, changed(Case().state, sources=sources, screening=excluded)))
    assert "这件事" in words
    assert "另一件事" not in words
    assert "另有" not in words


def test_a_talk_is_not_called_for_what_is_done_meanwhile():
    case = Case(unit="shiqiao").supervised()
    case.wait(timedelta(days=10))
    assert "至今未完成" in text(of_kind(case, PaperKind.ADMONITORY_TALK))
    case.submit(SubmitRectification(report="已整改"), case.unit_leader)
    words = text(of_kind(case, PaperKind.ADMONITORY_TALK))
    assert "至今未完成" not in words
    assert "才完成" in words


def test_a_paper_that_is_over_says_so_itself():
    ground = bare(PaperKind.SUPERVISION_ORDER, Case().state)
    titles = {}
    for status in PaperStatus:
        paper = replace(ground.paper, status=status)
        titles[status] = sheet_of(replace(ground, paper=paper), number="高府办舆督〔2026〕1号", code="").title
    assert titles[PaperStatus.VOID].endswith("（已作废）")
    assert titles[PaperStatus.DECLINED].endswith("（不予签发）")
    assert titles[PaperStatus.ISSUED] == titles[PaperStatus.DRAFTED]
    assert "作废" not in titles[PaperStatus.ISSUED]


def test_a_hint_asks_for_no_answer_before_what_is_past():
    ground = bare(PaperKind.OPINION_HINT, Case().state)
    assert "于2026年9月9日10时00分前对外回应" in text(ground)
    late = replace(ground, paper=replace(ground.paper, drafted_at=START + timedelta(hours=48)))
    assert "立即对外回应（2026年9月9日10时00分的时限已过）" in text(late)


def test_an_order_asks_for_no_answer_that_was_given_before_it_was_signed():
    owing, answered = Case(unit="shiqiao").overdue(), Case(unit="shiqiao").close_late()
    assert "公布权威信息，并自签发次日起" in text(of_kind(owing, PaperKind.SUPERVISION_ORDER))
    words = text(of_kind(answered, PaperKind.SUPERVISION_ORDER))
    assert "才完成" in words
    assert "公布权威信息" not in words
    assert "请自签发次日起" in words
