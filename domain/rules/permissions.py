"""Who may do what, to which incident: one answer for the API, the pages, the rehearsals and the audit."""

from collections.abc import Callable

from domain.case.events import UNTIL_ARCHIVED, WHILE_OPEN, Command
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.regulation import Law
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, STAFF, Actor, Role, Standing
from domain.terms.vocabulary import InvolvementRole, ObligationKind

SEES_ALL = frozenset({Role.AUDITOR, Role.CITY_LEADER})


def may(
    actor: Actor, command: Command, incident: Incident | None, law: Law, *, on_duty: bool = False
) -> Refused | None:
    """Why the actor may not give the command now, or None: role first, then the unit's standing,
    then the stage.

    A city leader stands above the units: what is open to that role is so in any incident (R401).
    `on_duty` says that the actor is on duty by the rota (DD-43).
    """
    is_his = (
        actor.role in command.roles
        or _decides_himself(actor, command, incident)
        or (on_duty and acts_by_rota(actor, command, incident))
    )
    if not is_his:
        return Refused(Reason.ROLE_NOT_ALLOWED, actor.role)
    if incident is None:
        return None if law.knows(actor.unit) else Refused(Reason.UNKNOWN_UNIT, actor.unit)
    if is_kept_from(actor, incident):
        return Refused(Reason.UNIT_NOT_CONCERNED, actor.unit)
    switch = command.corrections_switch
    may_correct = command.allowed_for_corrections and (switch is None or incident.law.has(switch))
    corrects = may_correct and owes_mending(actor.unit, incident)
    if not corrects and not _stands(actor, command, incident):
        known = law.knows(actor.unit)
        return Refused(Reason.UNIT_NOT_CONCERNED if known else Reason.UNKNOWN_UNIT, actor.unit)
    ended = incident.screening.has_ended and WHILE_OPEN & command.stages
    if ended or incident.stage not in (UNTIL_ARCHIVED if corrects else command.stages):
        return Refused(Reason.WRONG_STAGE, incident.stage)
    return None


def _decides_himself(actor: Actor, command: Command, incident: Incident | None) -> bool:
    """Whether 分管副市长 or 市长, by a login as city leader,
    takes a step of who decides where he decides (DD-21).
    """
    if actor.role is not Role.CITY_LEADER or incident is None or not incident.law.has(Switch.POWERS_APART):
        return False
    offices, decides = incident.law.offices, actor.unit in incident.powers.deciding
    is_his = Standing.OFFICE in command.standings and Role.PRINCIPAL_LEADER in command.roles
    return decides and is_his and actor.unit in {offices.deputy_mayor, offices.mayor}


def acts_by_rota(actor: Actor, command: Command, incident: Incident | None) -> bool:
    """Whether the step is one that the duty officer of 市政府办公室, whatever the role there,
    takes at once (DD-43).
    """
    if incident is None or not incident.law.has(Switch.BY_ROTA) or command.duty_matter is None:
        return False
    return actor.unit == incident.law.offices.office and actor.role in STAFF


def owes_mending(unit: str, incident: Incident) -> bool:
    """Whether a unit owes the replacement or the correction of something it had published (DD-13, DD-15)."""
    return bool(incident.owed(ObligationKind.REPLACE, ObligationKind.CORRECT, unit=unit))


def _stands(actor: Actor, command: Command, incident: Incident) -> bool:
    if actor.role is Role.CITY_LEADER:
        return incident.law.knows(actor.unit)
    return any(_RELATIONS[standing](actor.unit, incident) for standing in command.standings)


def may_see(actor: Actor, incident: Incident) -> bool:
    """Whether the incident exists for this actor: auditors and city leaders see all, a unit sees its own.

    One that is closed to named persons exists for these alone, whatever their role and unit (decision 0034).
    """
    if incident.readers:
        return actor.person in incident.readers
    return actor.role in SEES_ALL or actor.unit in incident.concerned_units


def may_take_original(actor: Actor, incident: Incident) -> bool:
    """Whether a file of a marked case is handed to this actor without its mark:
    a leader who may take the mark away (decision 0061).
    """
    stands = standings(actor.unit, incident) & {Standing.OFFICE, Standing.REGISTRANT}
    return actor.role in LEADERS | {Role.CITY_LEADER} and bool(stands)


def is_kept_from(actor: Actor, incident: Incident) -> bool:
    """Whether the incident is closed to named persons, of whom the actor is none."""
    return bool(incident.readers) and actor.person not in incident.readers


def standings(unit: str, incident: Incident) -> frozenset[Standing]:
    """In which relations a unit stands to an incident."""
    return frozenset(standing for standing, holds in _RELATIONS.items() if holds(unit, incident))


def _is_involved(unit: str, incident: Incident) -> bool:
    return any(
        part.unit == unit and part.role is not InvolvementRole.COORDINATOR for part in incident.involved
    )


_RELATIONS: dict[Standing, Callable[[str, Incident], bool]] = {
    Standing.ANY_UNIT: lambda unit, incident: incident.law.knows(unit),
    Standing.OFFICE: lambda unit, incident: unit in incident.powers.deciding,
    Standing.RECEIVING: lambda unit, incident: unit == incident.receiving_office,
    Standing.CYBERSPACE_OFFICE: lambda unit, incident: unit == incident.powers.cyberspace,
    Standing.PUBLICITY_DEPARTMENT: lambda unit, incident: unit == incident.law.offices.publicity_department,
    Standing.LEAD: lambda unit, incident: unit == incident.lead,
    Standing.MEDIA_CENTER: lambda unit, incident: unit == incident.law.offices.media_center,
    Standing.REGISTRANT: lambda unit, incident: unit == incident.registrant.unit,
    Standing.INVOLVED: _is_involved,
    Standing.PEER: lambda unit, incident: any(request.peer == unit for request in incident.verifications),
    Standing.CONSULTED: lambda unit, incident: any(
        unit in consultation.units for consultation in incident.consultations
    ),
    Standing.CLUE_PROPOSER: lambda unit, incident: any(clue.unit == unit for clue in incident.clues),
    Standing.CLUE_RECEIVER: lambda unit, incident: any(
        clue.receiver == unit and clue.transferred_at is not None for clue in incident.clues
    ),
    Standing.RESPONDER: lambda unit, incident: unit in incident.responders,
    Standing.FORMER_RESPONDER: lambda unit, incident: (
        unit in incident.timelines.responders and unit not in incident.responders
    ),
    Standing.ASKED_TO_SIGN: lambda unit, incident: (
        incident.law.has(Switch.RETURNED_IN_TIME) and bool(incident.owed(ObligationKind.SIGN, unit=unit))
    ),
    Standing.ADDRESSEE: lambda unit, incident: any(
        obligation.unit == unit for obligation in incident.obligations
    ),
}


def answerable(unit: str, incident: Incident) -> tuple[ObligationKind, ...]:
    """The kinds of obligation that a unit still owes."""
    return tuple(
        dict.fromkeys(
            obligation.kind
            for obligation in incident.obligations
            if obligation.unit == unit and obligation.is_owed
        )
    )
