"""标识与水印: what shows a marked case says so, and bears who looked at it and when (decision 0034)."""

from collections.abc import Iterable

from fastapi import Request

from domain.case.state import Incident
from domain.terms.vocabulary import Marking
from words.labels import word
from words.language import say


def show_marked(request: Request, incidents: Iterable[Incident]) -> None:
    """Let the page that is rendered next bear the gravest mark of the cases it shows."""
    marks = [incident.gravest_marking for incident in incidents]
    request.state.marking = max(marks, key=lambda mark: mark.rank, default=Marking.NONE)


def marking_of(request: Request) -> Marking:
    """The mark that the page bears."""
    marking: Marking = getattr(request.state, "marking", Marking.NONE)
    return marking


def mark_words(marking: Marking) -> str:
    """The mark in words, to stand beside a title; empty for none."""
    return "" if marking is Marking.NONE else word(marking)


def watermark(marking: Marking, who: str, at: str) -> str:
    """What is written across a page: the mark, the person and the instant; empty for what bears no mark."""
    return "" if marking is Marking.NONE else f"{word(marking)} {who or say('未登录')} {at}"
