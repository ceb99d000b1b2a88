"""What the rules still hold against a text: asked of the rules' own checks, and said as they say it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from api.errors import Text, content_of
from domain.case.records import Draft
from domain.case.state import Incident
from domain.rules.checklist import unsaid
from domain.rules.consistency import check_consistent
from domain.rules.content import check_clarified, check_concluded, check_documented, check_promised
from domain.rules.discrepancies import standing
from domain.rules.exposure import check_private
from domain.terms.ids import Thing, names
from domain.terms.refusals import Refused
from storage.regulation_text import sentences
from words.attention import discrepancy_words
from words.clauses import clause_name
from words.labels import label, word
from words.language import say
from words.wording import listed


def obstacles(incident: Incident, draft: Draft, at: datetime) -> tuple[str, ...]:
    """Why a text could not be published as it stands at `at`, its reviews apart."""
    checks: tuple[Callable[[], None], ...] = (
        partial(check_private, incident, draft),
        partial(check_consistent, incident, draft),
        partial(check_concluded, incident, draft),
        partial(check_promised, incident, draft, at),
        partial(check_clarified, incident, draft),
        partial(check_documented, incident, draft),
    )
    differing = (
        say("终审前须核对：{what}", what=discrepancy_words(incident, item))
        for item in standing(incident, draft)
    )
    return (*(line for check in checks for line in _said(incident, draft, check)), *differing)


def advice(incident: Incident, draft: Draft) -> str:
    """What the text says nothing of; empty when it speaks of all (R327)."""
    missing = listed(word(point) for point in unsaid(incident, draft))
    return say("文中似未交代：{points}（仅供参考）", points=missing) if missing else ""


def refusal_words(refused: Refused) -> tuple[str, str]:
    """A refusal of the rules as title and advice."""
    subject = label("fields", refused.detail.partition(":")[0].rpartition(".")[2]).here
    content = content_of(Text(status=409, group="reasons", code=refused.reason, subject=subject))
    return content["title"], content["detail"]


def quoted(incident: Incident, clause: str) -> str:
    """A clause with its sentence; the clause alone where the regulation's text is not at hand."""
    sentence = sentences(incident.law.regulation).get(clause, "")
    return (
        say("依据 {clause}：{sentence}", clause=clause_name(clause), sentence=sentence)
        if sentence
        else say("依据 {clause}", clause=clause_name(clause))
    )


def _said(incident: Incident, draft: Draft, check: Callable[[], None]) -> Iterator[str]:
    try:
        check()
    except Refused as refused:
        title, _ = refusal_words(refused)
        yield say("{title}：{what}", title=title, what=_what(incident, draft, refused.detail))


def _what(incident: Incident, draft: Draft, detail: str) -> str:
    """What a refusal is about, as people call it."""
    if names(detail, Thing.CONFLICT):
        return next((item.subject for item in incident.conflicts if item.id == detail), detail)
    if detail.startswith(draft.id):
        kinds = detail.partition(": ")[2].split(",")
        return listed(label("PersonalDataKind", kind).here for kind in kinds)
    if names(detail, Thing.TALKING_POINTS):
        return say("与审定口径不符")
    if detail == draft.form.value:
        return word(draft.form)
    return label("fields", detail.rpartition(".")[2]).here
