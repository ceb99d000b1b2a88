"""Who is first responsible: rules R1 to R5 of section 二, in the order of the default precedence."""

from dataclasses import dataclass

from domain.law.articles import Article
from domain.law.regulation import Law, Unit
from domain.terms.vocabulary import InvolvementRole, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Involvement:
    """A unit's part in an incident, and the duty that puts it there."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    unit: str
    role: InvolvementRole
    duty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibilitySuggestion:
    """The rule that fires, whom it names, and what a person must look at before confirming.

    `first` are first-responsible, `also` respond beside them. `lead_suggested` follows R210,
    `needs_confirmation` marks the mixed case of R4, and no rule (None) leaves the choice to a person.
    """

    rule: Rule | None
    first: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    clause: str = ""
    lead_suggested: bool = False
    comprehensive_suggested: bool = False
    needs_confirmation: bool = False


def accountable(involved: tuple[Involvement, ...]) -> frozenset[str]:
    """The units whose own doing the incident is about."""
    return frozenset(part.unit for part in involved if part.role is InvolvementRole.ACCOUNTABLE)


RULE_CLAUSES = {
    Rule.R1: Article.POLICY_MATTER,
    Rule.R2: Article.SINGLE_PLACE,
    Rule.R3: Article.SEVERAL_PLACES,
    Rule.R4: Article.SEVERAL_DEPARTMENTS,
    Rule.R5: Article.GRADED_RESPONSIBILITY,
}
_LEAD_FROM_UNITS = 3
_SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The involved units sorted by what the rules ask."""

    departments: tuple[str, ...]  # accountable departments
    townships: tuple[str, ...]  # accountable township units
    places: tuple[str, ...]  # township units involved as accountable or territorial
    competent: tuple[str, ...]  # departments whose duty covers the topic

    @property
    def accountable(self) -> int:
        return len(self.departments) + len(self.townships)


def suggest_responsibility(
    law: Law, involved: tuple[Involvement, ...], *, involves_city_policy: bool, topic: str
) -> ResponsibilitySuggestion:
    """Which rule names whom, each place and level for what is its own (二, R107).

    1. R1: a major policy of the city government names its accountable departments,
       else those whose duty covers it (R202).
    2. R3: two or more township units involved name the competent departments;
       each place responds too (R205, R206).
    3. R4: two or more accountable departments each answer by duty;
       an accountable township joins, to be confirmed (R207).
    4. R2: one accountable township unit is first, an accountable department responds beside it (R203).
    5. R5: a single department answers for itself (R211).
    """
    parts = _sort(law, involved, topic)
    rule = _first_match(parts, involves_city_policy=involves_city_policy)
    first, also = _named(law, rule, parts)
    comprehensive = parts.accountable >= _LEAD_FROM_UNITS or not (parts.accountable or parts.competent)
    several_competent = rule is Rule.R3 and len(first) >= _SEVERAL
    return ResponsibilitySuggestion(
        rule=rule,
        first=first,
        also=also,
        clause=law.clause(RULE_CLAUSES[rule]) if rule else "",
        lead_suggested=parts.accountable >= _LEAD_FROM_UNITS or several_competent,
        comprehensive_suggested=comprehensive,
        needs_confirmation=(rule is Rule.R4 and bool(parts.townships)) or not first,
    )


def _sort(law: Law, involved: tuple[Involvement, ...], topic: str) -> _Parts:
    units = [(law.unit(part.unit), part.role) for part in involved]
    accountable = [unit for unit, role in units if role is InvolvementRole.ACCOUNTABLE]
    tied = (InvolvementRole.ACCOUNTABLE, InvolvementRole.TERRITORIAL)
    places = [unit for unit, role in units if role in tied and unit.is_township_unit]
    competent = [unit for unit in law.units if topic and topic in unit.duties]
    return _Parts(
        departments=_codes([unit for unit in accountable if not unit.is_township_unit]),
        townships=_codes([unit for unit in accountable if unit.is_township_unit]),
        places=_codes(places),
        competent=_codes(competent),
    )


def _codes(units: list[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.code for unit in units))


def _first_match(parts: _Parts, *, involves_city_policy: bool) -> Rule | None:
    if involves_city_policy:
        return Rule.R1
    if len(parts.places) >= _SEVERAL:
        return Rule.R3
    if len(parts.departments) >= _SEVERAL:
        return Rule.R4
    if parts.townships:
        return Rule.R2
    return Rule.R5 if parts.departments or parts.competent else None


def _named(law: Law, rule: Rule | None, parts: _Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    departments = parts.departments or parts.competent
    match rule:
        case Rule.R1 | Rule.R5:
            return departments, ()
        case Rule.R3:
            return departments, parts.places
        case Rule.R4:
            return parts.departments, parts.townships
        case Rule.R2:
            return _of_one_place(law, parts)
        case None:
            return (), ()


def _of_one_place(law: Law, parts: _Parts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The place before an accountable department, unless the law puts the department first."""
    if law.department_before_place and parts.departments:
        return parts.departments, parts.townships
    return parts.townships, parts.departments
