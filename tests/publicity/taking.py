"""A case whose draft holds references in place of its texts, as it comes from the edge."""

from dataclasses import replace
from typing import Any

from domain.steps.respond import Drafted
from domain.terms.free_texts import CaseText, referred
from tests.storage.cases import Case


def written(case: Case) -> tuple[Case, tuple[CaseText, ...]]:
    """The case as if its text had been written apart, and that text."""
    texts: tuple[CaseText, ...] = ()
    decisions = []
    for decided in case.decisions:
        events: list[Any] = []
        for event in decided.events:
            if isinstance(event, Drafted):
                draft, texts = referred(replace(event.draft, facts="张三路口的井盖"), "salt")
                events.append(replace(event, draft=draft))
            else:
                events.append(event)
        decisions.append(replace(decided, events=tuple(events)))
    case.decisions = tuple(decisions)
    return case, texts
