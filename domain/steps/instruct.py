"""批示、督办: leaders ask for themselves, and the office supervises by instruction,
not only after a breach (四1#2, 二#5).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.obligations import RESPONSE_KINDS, Obligation, ObligationOpened, Status
from domain.case.oversight import Instruction
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.regulation import UnitKind
from domain.rules import obligation_factory
from domain.rules.papers import PaperDrafted, issued
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing
from domain.terms.vocabulary import PaperKind, ResponseClass, WarningLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct(Command):
    """Give an instruction 批示 to units: a principal leader with a part in the case,
    or a city leader in any (R401).

    Where 市政府办公室 is the subject, 分管副市长 names with `stand_in` who decides in its place (DD-21).
    With `asks_analysis` the case is to have its deep analysis, whatever its level (R328).
    """

    kind: Literal["instruct"] = "instruct"
    roles: ClassVar[frozenset[Role]] = frozenset({Role.PRINCIPAL_LEADER, Role.CITY_LEADER})
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RESPONDER, Standing.INVOLVED}
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.LEADERSHIP

    text: FreeText
    to: tuple[str, ...]
    stand_in: str = ""
    asks_analysis: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSupervision(Command):
    """Order a unit to rectify, by instruction and at any time;
    the limit of rectification begins to run (R209).
    """

    kind: Literal["issue_supervision"] = "issue_supervision"
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    clause: ClassVar[str] = Article.SEVERAL_DEPARTMENTS

    unit: str
    demand: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Instructed(Event):
    """A leader gave an instruction."""

    kind: Literal["instructed"] = "instructed"
    instruction: Instruction


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionIssued(Event):
    """The office ordered a unit to rectify."""

    kind: Literal["supervision_issued"] = "supervision_issued"
    unit: str
    demand: FreeText


InstructCommand = Instruct | IssueSupervision
InstructEvent = Instructed | SupervisionIssued


def decide(incident: Incident, command: InstructCommand, deed: Deed) -> Iterator[Event]:
    """Leaders' own steps; none of them moves a clock."""
    match command:
        case Instruct():
            return _instruct(incident, command, deed)
        case IssueSupervision():
            return _supervise(incident, command, deed)


def _instruct(incident: Incident, command: Instruct, deed: Deed) -> Iterator[Event]:
    """The office and city leaders instruct any unit, a unit's leader those that have a part in the case."""
    if not command.text.strip():
        raise Refused(Reason.MISSING_PART, "text")
    if not command.to:
        raise Refused(Reason.MISSING_PART, "to")
    if command.stand_in:
        _check_stand_in(incident, command.stand_in, deed)
    units = tuple(incident.law.unit(code).code for code in dict.fromkeys(command.to))
    is_above = deed.actor.role is Role.CITY_LEADER or deed.actor.unit in {
        incident.law.offices.office,
        *incident.powers.deciding,
    }
    for unit in units:
        if not is_above and unit not in incident.concerned_units:
            raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    instruction = Instruction(
        id=numbered(Thing.INSTRUCTION, len(incident.oversight.instructions) + 1),
        at=deed.at,
        by=deed.actor,
        text=command.text,
        to=units,
        stand_in=command.stand_in,
        asks_analysis=command.asks_analysis,
    )
    yield Instructed(at=deed.at, by=deed.actor, instruction=instruction)


def _check_stand_in(incident: Incident, unit: str, deed: Deed) -> None:
    """Only 分管副市长 names who decides, only where 市政府办公室 is a subject and he is none.

    He names a unit of the city that is no subject and does not answer in the case.
    """
    offices, subjects = incident.law.offices, incident.subjects
    moves = offices.office in subjects and offices.deputy_mayor not in subjects
    is_named_by_him = deed.actor.unit == offices.deputy_mayor
    if not incident.law.has(Switch.POWERS_APART) or not moves or not is_named_by_him:
        raise Refused(Reason.NO_STAND_IN, deed.actor.unit)
    if incident.law.unit(unit).type is UnitKind.SUPERIOR_ORGAN:
        raise Refused(Reason.NO_STAND_IN, unit)
    if unit in {*subjects, *incident.responders}:
        raise Refused(Reason.CONFLICT_OF_INTEREST, unit)


def _supervise(incident: Incident, command: IssueSupervision, deed: Deed) -> Iterator[Event]:
    """The order takes effect at once, since a leader gives it;
    rectification runs as after a signed one (DD-28).
    """
    unit = incident.law.unit(command.unit).code
    if unit not in incident.concerned_units:
        raise Refused(Reason.UNIT_NOT_CONCERNED, unit)
    if not command.demand.strip():
        raise Refused(Reason.MISSING_PART, "demand")
    yield SupervisionIssued(at=deed.at, by=deed.actor, unit=unit, demand=command.demand)
    cause = numbered(Thing.SUPERVISION, incident.event_number)
    order = issued(incident, PaperKind.SUPERVISION_ORDER, unit, cause=cause, deed=deed)
    yield PaperDrafted(at=deed.at, paper=order)
    obligation = obligation_factory.rectification(incident, unit, cause=order.id, signed_at=deed.at)
    yield ObligationOpened(at=deed.at, obligation=obligation)


def instruction_owed(incident: Incident) -> tuple[str, ...]:
    """The units whose principal leader has yet to ask for himself 亲自过问 (R401); none of a closed case.

    At L3 and above and in the 24-hour class that of the office and of each responder;
    after a missed response that of the unit, by an instruction given since.
    """
    if incident.closed_at is not None:
        return ()
    office = incident.law.offices.office
    since = (
        dict.fromkeys((office, *incident.responders), incident.registered_at) if _is_grave(incident) else {}
    )
    for obligation in incident.obligations:
        unit = obligation.unit or office
        if unit != office and unit not in incident.responders:
            continue  # who answers no more gives no instruction
        if (
            obligation.kind in RESPONSE_KINDS
            and obligation.breached_at is not None
            and obligation.scored
            and _is_missed(obligation)
        ):
            since[unit] = max(since.get(unit, obligation.breached_at), obligation.breached_at)
    instructions = [
        instruction
        for instruction in incident.oversight.instructions
        if instruction.by.role is Role.PRINCIPAL_LEADER
    ]
    return tuple(
        unit
        for unit, at in since.items()
        if not any(instruction.by.unit == unit and instruction.at >= at for instruction in instructions)
    )


def _is_missed(obligation: Obligation) -> bool:
    """Whether a missed response stands: evidence accepted afterwards made it timely (DD-12)."""
    return obligation.status is Status.BREACHED


def _is_grave(incident: Incident) -> bool:
    level = incident.level
    high = level is not None and level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank
    return high or incident.response_class is ResponseClass.H24


def evolve(incident: Incident, event: InstructEvent) -> Incident:
    """The case after a leader's step; an order stands with its paper and its obligation."""
    match event:
        case Instructed():
            oversight = incident.oversight
            after = changed(oversight, instructions=(*oversight.instructions, event.instruction))
            return changed(incident, oversight=after)
        case SupervisionIssued():
            return incident
