"""条款: the source text sentence by sentence, and for each sentence what rests on it and which
incidents it touches.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from desk.case.row import CaseRow, case_row
from desk.clauses.rules import RuleGroup, rule_counts, rule_groups
from storage.cursors import Page
from storage.filters import IncidentLine
from storage.regulation_text import clauses, sentences
from words.clauses import OVERLAY, clause_href, clause_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of the text; `is_gist` marks what is told in our own words."""

    key: str
    name: str
    text: str
    is_gist: bool
    href: str
    rules: int
    incidents: int
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseSection:
    """A clause with its sentences, the requirements drawn from it,
    and the document it belongs to where there are several.
    """

    id: str
    document: str
    requirements: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausePage:
    """One sentence in its clause, with what rests on it and the incidents that it touches."""

    key: str
    name: str
    text: str
    section: ClauseSection | None
    groups: tuple[RuleGroup, ...]
    count: int
    rows: tuple[CaseRow, ...]
    next_href: str


def sections(regulation: str, incidents: Mapping[str, int], here: str = "") -> tuple[ClauseSection, ...]:
    """The whole text; `incidents` counts those that each sentence touches,
    `here` is the sentence that is open.
    """
    rules = rule_counts(regulation)
    return tuple(
        ClauseSection(
            id=clause["id"],
            document=clause.get("document", ""),
            requirements=clause.get("requirements", ""),
            sentences=tuple(
                Sentence(
                    key=(key := f"{clause['id']}#{sentence['n']}"),
                    name=clause_name(key),
                    text=sentence.get("text") or sentence["gist"],
                    is_gist="text" not in sentence,
                    href=clause_href(key),
                    rules=rules.get(key, 0),
                    incidents=incidents.get(key, 0),
                    is_here=key == here,
                )
                for sentence in clause["sentences"]
            ),
        )
        for clause in clauses(regulation)
    )


def clause_page(
    regulation: str, key: str, incidents: Mapping[str, int], touched: Page[IncidentLine]
) -> ClausePage | None:
    """The page of a sentence, or of what stands above the text;
    None for a key that the regulation has not.
    """
    clause = next(
        (
            section
            for section in sections(regulation, incidents, key)
            if any(sentence.is_here for sentence in section.sentences)
        ),
        None,
    )
    if clause is None and key != OVERLAY and key not in sentences(regulation):
        return None
    return ClausePage(
        key=key,
        name=clause_name(key),
        text=sentences(regulation).get(key, ""),
        section=clause,
        groups=rule_groups(regulation, key),
        count=incidents.get(key, 0),
        rows=tuple(case_row(line) for line in touched.items),
        next_href=f"{clause_href(key)}?cursor={touched.next_cursor}#h-incidents"
        if touched.next_cursor
        else "",
    )
