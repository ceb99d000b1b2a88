"""查找: what a search finds among cases, units and clauses, in words and with where it leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from desk.case.row import CaseRow, case_row
from domain.law.regulation import Law
from storage.found import FoundCase
from storage.papers import PaperLine
from storage.regulation_text import sentences
from words.clauses import clause_href, clause_name
from words.labels import word
from words.wording import begun

_MOST: Final = 10  # units, and clauses
_SENTENCE: Final = 120  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHit:
    """A case; `publications` are the titles of published texts that hold what was searched for."""

    row: CaseRow
    publications: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A unit or a clause: what it is called, what it says, and where it stands."""

    href: str
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """All that was found; `board` lists more cases where there are more than stand here."""

    words: str
    cases: tuple[CaseHit, ...]
    has_more: bool
    papers: tuple[Hit, ...]
    units: tuple[Hit, ...]
    clauses: tuple[Hit, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return not (self.cases or self.papers or self.units or self.clauses)


def search_page(
    words: str,
    cases: Sequence[FoundCase],
    papers: Sequence[PaperLine],
    law: Law,
    regulation: str,
    *,
    has_more: bool,
) -> SearchPage:
    """What the words find; nothing for no words."""
    return SearchPage(
        words=words,
        cases=tuple(map(_case, cases)),
        has_more=has_more,
        papers=tuple(map(_paper, papers)),
        units=tuple(_units(words, law))[:_MOST] if words else (),
        clauses=tuple(_clauses(words, regulation))[:_MOST] if words else (),
    )


def _case(case: FoundCase) -> CaseHit:
    own = {case.line.title, case.line.number}
    return CaseHit(
        row=case_row(case.line), publications=tuple(text for text in case.words if text not in own)
    )


def _paper(paper: PaperLine) -> Hit:
    return Hit(
        href=f"/incidents/{paper.incident_id}/papers/{paper.paper}",
        name=f"{word(paper.kind)} {paper.number}",
        text=f"{paper.case} {paper.title}",
    )


def _units(words: str, law: Law) -> Iterator[Hit]:
    plain = words.casefold()
    for unit in law.units:
        if plain in unit.name.casefold() or plain == unit.code:
            yield Hit(href=f"/units/{unit.code}", name=unit.name)


def _clauses(words: str, regulation: str) -> Iterator[Hit]:
    """The sentences that the words name, as they are cited, before those that hold them."""
    plain = words.casefold().replace(" ", "")
    text = sentences(regulation)
    named = [key for key in text if plain in {key.casefold(), clause_name(key).casefold()}]
    begun_by = [key for key in text if clause_name(key).casefold().startswith(plain)]
    holding = [key for key in text if plain in text[key].casefold()]
    for key in dict.fromkeys((*named, *begun_by, *holding)):
        yield Hit(href=clause_href(key), name=clause_name(key), text=begun(text[key], _SENTENCE))
