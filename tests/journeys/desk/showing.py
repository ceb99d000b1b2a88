"""What a rehearsal expects, as the page of its incident must show it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from playwright.async_api import Page

from domain.law.regulation import Law
from domain.terms.vocabulary import ObligationKind
from rehearsals.expectations import Expectation
from words.labels import word
from words.wording import moment

OBLIGATIONS, PAPERS, PAGE = "main .card", "section:has(> #h-papers) li", "main"
_LISTED: Final = {"obligations": OBLIGATIONS, "sign": OBLIGATIONS, "papers": PAPERS, "papers_drafted": PAPERS}
_SAID: Final = frozenset({"stage", "level", "response_class", "first_responsible"})
_SHOWN: Final = ("kind", "unit", "to", "status", "due", "drafted_at", "fulfilled_at", "done_at", "signed_at")


async def unshown(page: Page, expectations: Iterable[Expectation], law: Law) -> list[str]:
    """What the page should show and does not: each expected record must stand in one card,
    or line, of its own.
    """
    texts = {
        where: await page.locator(where).evaluate_all("items => items.map(item => item.textContent)")
        for where in (OBLIGATIONS, PAPERS, PAGE)
    }
    return [
        f"{expectation.place} {' · '.join(words)}"
        for expectation in expectations
        for where, words in _sayings(expectation, law)
        if not any(all(said in text for said in words) for text in texts[where])
    ]


def is_shown(expectation: Expectation) -> bool:
    """Whether the page of an incident shows what is expected at all."""
    return expectation.key.name in _LISTED or expectation.key.name in _SAID


def _sayings(expectation: Expectation, law: Law) -> Iterator[tuple[str, list[str]]]:
    name = expectation.key.name
    if name in _SAID:
        expected = expectation.expected
        yield PAGE, [_said(one, law) for one in (expected if isinstance(expected, tuple) else (expected,))]
    for record in expectation.expected if name in _LISTED else ():
        yield _LISTED[name], list(_words(name, record, law))


def _words(name: str, record: Mapping[str, Any], law: Law) -> Iterator[str]:
    if name == "sign":
        yield word(ObligationKind.SIGN)
    for field in _SHOWN:
        if record.get(field) is not None and (name, field) != (
            "sign",
            "status",
        ):  # the page says it by both instants
            yield _said(record[field], law)


def _said(value: Any, law: Law) -> str:
    if isinstance(value, datetime):
        return moment(value).text
    return word(value) if isinstance(value, StrEnum) else law.unit(str(value)).name
