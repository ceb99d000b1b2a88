"""成文预览: what is being written as the paper that it becomes, before anybody sends it."""

from collections.abc import Iterator
from typing import Final

from domain.case.records import Draft
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.rules.papers import PaperDrafted, drafted, of_publication
from domain.steps.respond import Drafted
from papers.sheet import Sheet
from papers.skeletons.letter import Ground
from papers.skeletons.preview import PaperPreview, preview
from papers.skeletons.sheets import draft_sheet, sheet_of
from storage.paper_numbers import series_of
from storage.regulation_text import sentences

MOST: Final = 3  # papers of one step that are shown


def paper_previews(after: Incident, decided: Decision) -> tuple[tuple[PaperPreview, ...], int]:
    """The papers that a decision would bring, from the case as it would then stand;
    and how many there are.
    """
    sheets = list(_sheets(after, decided))
    return tuple(map(preview, sheets[:MOST])), len(sheets)


def _sheets(after: Incident, decided: Decision) -> Iterator[Sheet]:
    known = sentences(after.law.regulation)
    for event in decided.events:
        if isinstance(event, PaperDrafted):
            ground = Ground(incident=after, paper=event.paper, events=decided.events, sentences=known)
            yield sheet_of(ground, number=None if series_of(after, event.paper) else "", code="")
        elif isinstance(event, Drafted):
            yield _to_be_published(after, event.draft, decided)


def _to_be_published(after: Incident, draft: Draft, decided: Decision) -> Sheet:
    kind = of_publication(draft.form)
    paper = drafted(after, kind, draft.unit, cause=draft.id, at=draft.drafted_at)
    ground = Ground(
        incident=after, paper=paper, events=decided.events, sentences=sentences(after.law.regulation)
    )
    return draft_sheet(ground, draft)
