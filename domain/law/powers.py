"""Who holds which power of 市政府办公室 and of 市网信办,
where one of them is itself the subject (R204, DD-21).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.law.editions import Switch
from domain.law.regulation import Law
from domain.law.responsibility import Involvement, accountable


@dataclass(frozen=True, slots=True)
class Powers:
    """The powers of coordination and their holders; `deciding` and `named` have the one that is told first.

    `receiving` takes in, forwards, answers superiors, is reported to and holds what nobody is assigned yet;
    `deciding` judge, assign, close and sign, each of them; `cyberspace` has 市网信办's share; `named`
    coordinate by the rules.
    """

    receiving: str
    deciding: tuple[str, ...]
    cyberspace: str
    named: tuple[str, ...]


def powers(law: Law, involved: tuple[Involvement, ...], stand_in: str = "") -> Powers:
    """Who holds what: from the third edition on each power moves on its own conflict alone (DD-21).

    `stand_in` is whom 分管副市长 named last to decide in 市政府办公室's place; empty where he named nobody.
    Where all in question are subjects nobody is left, and each office keeps its own: the page says so, for
    somebody above to see.
    """
    office, subjects = law.offices.office, accountable(involved)
    if not law.has(Switch.POWERS_APART):
        return _moving_together(law, subjects)
    deciding = (office,) if office not in subjects else _in_its_place(law, subjects, stand_in) or (office,)
    cyberspace = law.offices.cyberspace_office
    if cyberspace in subjects:
        cyberspace = next(_above(law, subjects), cyberspace)
    return Powers(office, deciding, cyberspace, tuple(dict.fromkeys((deciding[0], cyberspace))))


def _in_its_place(law: Law, subjects: frozenset[str], stand_in: str) -> tuple[str, ...]:
    """分管副市长 and whom he named, else 市委宣传部; where he is a subject himself 市委宣传部, then 市长."""
    deputy_mayor = law.offices.deputy_mayor
    if deputy_mayor in subjects or not deputy_mayor:
        return tuple(_above(law, subjects))[:1]
    chosen = (stand_in, law.offices.publicity_department)
    first = next((unit for unit in chosen if unit and unit not in subjects), deputy_mayor)
    return tuple(dict.fromkeys((first, deputy_mayor)))


def _above(law: Law, subjects: frozenset[str]) -> Iterator[str]:
    """Those without an interest among 市委宣传部, 分管副市长 and 市长, in this order."""
    others = (law.offices.publicity_department, law.offices.deputy_mayor, law.offices.mayor)
    return (unit for unit in others if unit and unit not in subjects)


def _moving_together(law: Law, subjects: frozenset[str]) -> Powers:
    """Up to the second edition: 市委宣传部, or 分管副市长,
    has all of it where 市政府办公室 or 市网信办 is the subject.
    """
    offices = law.offices
    chief = offices.office
    if law.has(Switch.CONFLICT_MOVES_POWERS) and subjects & {offices.office, offices.cyberspace_office}:
        others = (offices.publicity_department, offices.deputy_mayor)
        chief = next((unit for unit in others if unit and unit not in subjects), chief)
    beside = (offices.office, offices.cyberspace_office)
    named = (unit for unit in beside if unit not in subjects)
    if chief == offices.office:
        return Powers(chief, (chief,), offices.cyberspace_office, beside)
    return Powers(chief, (chief,), offices.cyberspace_office, (chief, *named))
