"""What went out and could not have is told wherever a publication is: page, brief and timeline (DD-30)."""

from types import SimpleNamespace
from typing import Any

from desk.case.brief import brief_facts
from desk.case.documents import publication_rows
from desk.case.status_panel import facts
from domain.case.state import Incident
from domain.steps.respond import DraftResponse
from domain.terms.vocabulary import PublicationForm
from tests.domain.cast import BOB, Step, assigned, concluded, draft, h, judged, publish, registered, step
from tests.domain.given import given
from words.event_text.description import describe

WHY = "媒体提前刊发"


def published(text: DraftResponse, *conclusion: Step) -> tuple[Incident, Any]:
    """A case whose text went out unreviewed, and what happened."""
    start = (registered(), judged(), assigned(), *conclusion, step(h(2), BOB, text))
    answered = ("obligation_fulfilled", "obligation_opened") if conclusion else ()
    spoken = given(*start).when(step(h(3), BOB, publish(h(3), anyway=WHY)))
    case = spoken.then("published", "paper_drafted", *answered)
    return case.state, case.happened("published")[0]


def test_an_irregular_publication_is_told_on_the_page_and_in_the_brief():
    incident, happened = published(draft(title="情况通报"), concluded())
    told = "文稿未完成审核"
    page: Any = SimpleNamespace(facts=facts(incident, h(4)))
    assert ("不合规公布", f"《情况通报》（{told}）") in brief_facts(page)
    assert f"不合规公布：{told}；理由：{WHY}" in publication_rows(incident)[0].notes
    assert describe(happened, incident).endswith(f"；不合规公布：{told}；理由：{WHY}")


def test_one_that_answers_nobody_says_so():
    incident, _ = published(draft(PublicationForm.FIRST_NOTICE))
    assert publication_rows(incident)[0].notes[0].startswith("不合规公布，不计为回应：")
