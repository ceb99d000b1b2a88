"""What a command says of another incident, held against the ledger:
none is linked unseen, no clock put off (DD-16, DD-17).
"""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.catalogue import CaseCommand
from domain.rules.permissions import may_see
from domain.steps.register import Register
from domain.steps.screen import AbsorbDuplicate, MergeInto
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from storage.snapshots import snapshot
from storage.tables import IncidentRow


def names_another(command: Register | CaseCommand) -> bool:
    """Whether the command says anything of another incident."""
    if isinstance(command, Register):
        return bool(command.secondary_to)
    return isinstance(command, MergeInto | AbsorbDuplicate)


async def check_links(session: AsyncSession, command: Register | CaseCommand, actor: Actor) -> None:
    """Refuses what the ledger does not bear out, or does not show to this actor.

    1. A secondary incident follows a closed one (DD-17).
    2. A case ends in a running one with that number, found and due when the command says (DD-16).
    3. A duplicate is taken over that ends, or may end, in this case:
       it stands in the ledger under that number.
    """
    match command:
        case Register():
            other = await _seen(session, command.secondary_to, actor, "secondary_to")
            _check("secondary_to", holds=other.closed_at is not None)
        case MergeInto():
            other = await _seen(session, command.incident, actor, "incident")
            _check("incident", holds=other.closed_at is None)
            _check("number", holds=other.number == command.number)
            _check("discovered_at", holds=other.discovered_at == command.discovered_at)
            _check("response_due_at", holds=other.response_due_at == command.response_due_at)
        case AbsorbDuplicate():
            other = await _seen(session, command.incident, actor, "incident")
            _check("number", holds=other.number == command.number)
        case _:
            return


def _check(field: str, *, holds: bool) -> None:
    if not holds:
        raise Refused(Reason.UNKNOWN_REFERENCE, field)


async def _seen(session: AsyncSession, name: str, actor: Actor, field: str) -> Incident:
    """The incident of that id or number; one that is not the actor's to see is as if it were not there."""
    statement = select(col(IncidentRow.incident_id)).where(
        or_(col(IncidentRow.incident_id) == name, col(IncidentRow.number) == name)
    )
    other_id = (await session.execute(statement.limit(1))).scalar_one_or_none()
    other = await snapshot(session, other_id) if other_id is not None else None
    if other is None or not may_see(actor, other.state):
        raise Refused(Reason.UNKNOWN_REFERENCE, field)
    return other.state
