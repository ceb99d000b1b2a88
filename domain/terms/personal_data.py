"""Personal data in a text for the public: names, numbers and addresses that lead to one person (R322,
个人信息保护法).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from domain.terms.findings import Finding, PersonalDataKind
from domain.terms.home_addresses import classes, homes
from domain.terms.personal_names import names, places_of
from domain.terms.personal_numbers import accounts, cards, emails, ids, mobiles, plates
from domain.terms.plain_text import Plain, folded, seen, unbroken
from domain.terms.vulnerable import facts_about_one

__all__ = ["folded", "personal_data", "personal_data_of"]

# In the order of certainty: a card's number may hold what looks like a telephone's.
_SEARCHES: Final[Mapping[PersonalDataKind, Callable[[str], Iterable[tuple[int, int]]]]] = {
    PersonalDataKind.ID_NUMBER: ids,
    PersonalDataKind.BANK_CARD: cards,
    PersonalDataKind.EMAIL: emails,
    PersonalDataKind.SOCIAL_ACCOUNT: accounts,
    PersonalDataKind.MOBILE_NUMBER: mobiles,
    PersonalDataKind.LICENCE_PLATE: plates,
    PersonalDataKind.HOME_ADDRESS: homes,
    PersonalDataKind.SCHOOL_CLASS: classes,
    PersonalDataKind.NAME: names,
}
_OVER_LINES: Final = frozenset({PersonalDataKind.HOME_ADDRESS, PersonalDataKind.LICENCE_PLATE})


def personal_data(field: str, text: str) -> tuple[Finding, ...]:
    """All that a text gives away, in the order in which it stands there;
    what one kind has taken, no later one takes.

    Full-width letters and digits read as the common ones, characters of no width are passed over,
    an address goes on over a line break, and places are those of the text as written.
    """
    page = _Page(field, text)
    page.take_facts()
    return page.findings()


def personal_data_of(fields: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """All that several texts give away which are read as one:
    who is named in one of them is named in each.
    """
    pages = [_Page(field, text) for field, text in fields]
    known = {name for page in pages for name in page.names()}
    for page in pages:
        page.take(PersonalDataKind.NAME, page.plain, places_of(page.plain.text, known))
        page.take_facts()
    return tuple(finding for page in pages for finding in page.findings())


class _Page:
    """One text, and what was read out of it so far."""

    def __init__(self, field: str, text: str) -> None:
        self._field, self._taken = field, bytearray(len(text))
        self._spans: list[tuple[int, int, PersonalDataKind]] = []
        self.plain = seen(text)
        joined = unbroken(self.plain)
        for kind, search in _SEARCHES.items():
            source = joined if kind in _OVER_LINES else self.plain
            self.take(kind, source, search(source.text))

    def take(self, kind: PersonalDataKind, source: Plain, matches: Iterable[tuple[int, int]]) -> None:
        """Note what was read, but for places that are taken."""
        for match in matches:
            start, end = source.span(*match)
            if not any(self._taken[start:end]):
                self._taken[start:end] = b"\1" * (end - start)
                self._spans.append((start, end, kind))

    def take_facts(self) -> None:
        """Note what is told of one minor, patient or victim, once all names are known (DD-36)."""
        places = self.plain.places
        named = {
            bisect_left(places, start) for start, _, kind in self._spans if kind is PersonalDataKind.NAME
        }
        for fact in facts_about_one(self.plain.text, named):
            self.take(fact.kind, self.plain, [(fact.start, fact.end)])

    def names(self) -> set[str]:
        """Who is named."""
        places, text = self.plain.places, self.plain.text
        return {
            text[bisect_left(places, start) : bisect_left(places, end)]
            for start, end, kind in self._spans
            if kind is PersonalDataKind.NAME
        }

    def findings(self) -> tuple[Finding, ...]:
        """What was read, in the order of the text."""
        return tuple(
            Finding(kind=kind, field=self._field, start=start, length=end - start)
            for start, end, kind in sorted(self._spans)
        )
