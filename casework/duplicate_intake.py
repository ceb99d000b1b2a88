"""Duplicate intake: a registration whose item a running incident holds already goes
to that incident (DD-16).
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from casework.commands import Accepted, Commands
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from casework.recorded import Recorded
from casework.submissions import command_id
from domain.case.state import Incident
from domain.case.superiors import Incoming
from domain.notices import Notice, Purpose
from domain.rules.permissions import may, may_see
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.register import AddSource, Register
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from storage.database import Database
from storage.duplicates import running_with as held_by
from storage.inbox import deliver
from storage.numbers import incident_id as incident_id_of
from storage.snapshots import snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What became of the last item handed to the incident that held the address already."""

    number: str
    outcome: Recorded | Accepted


async def register_or_attach(
    commands: Commands, database: Database, command: Register, actor: Actor, key: str
) -> Recorded | Accepted | Attached:
    """Register an incident, or hand its items to the running one that holds one of them,
    where the caller may (DD-16).

    Raises what `Commands.register` raises.
    """
    own_id = incident_id_of(command_id(actor, command.kind, key))
    running_case = await running_with(database, command, own_id)
    if (
        running_case is not None
        and (attached := await attach(commands, running_case, command, actor, key)) is not None
    ):
        return attached
    outcome = await commands.register(command, actor, key)
    if running_case is not None:
        await tell_office(database, running_case, outcome.incident_id, commands.clock())
    return outcome


async def running_with(database: Database, command: Register, own_id: str) -> Incident | None:
    """The oldest running incident that holds an item of the registration;
    None without one, or when the ledger is down.

    What was merged is carried on by its survivor. `own_id` is the incident that the same key opened before: a
    re-send meets itself. One found later than the registration says is none to attach to, since that would
    put off the clock.
    """
    if command.secondary_to:
        return None
    try:
        async with reading(database) as session:
            if await snapshot(session, own_id) is not None:
                return None
            names = [name for source in command.sources for name in source.names]
            running = await held_by(session, names)
    except Unavailable:
        return None
    incoming = command.superior_notice
    found_at = min(command.discovered_at, incoming.received_at) if incoming else command.discovered_at
    return next((case for case in running if case.discovered_at <= found_at), None)


async def attach(
    commands: Commands, running_case: Incident, command: Register, actor: Actor, key: str
) -> Attached | None:
    """Hand the items of a registration, and its notice, to the incident that holds one of them;
    None when the caller may not.

    Each item goes under a key of its own, so that a re-send gives the same answer.
    """
    added: list[AddSource | ReceiveSuperiorNotice] = [AddSource(source=source) for source in command.sources]
    if not may_see(actor, running_case) or may(actor, added[0], running_case, running_case.law) is not None:
        return None
    if (incoming := command.superior_notice) is not None:
        added.append(_received(incoming))
        if may(actor, added[-1], running_case, running_case.law) is not None:
            return None
    outcome: Recorded | Accepted | None = None
    for number, step in enumerate(added, start=1):
        own_key = sha256(f"{key}\n{number}".encode()).hexdigest()
        try:
            outcome = await commands.submit(running_case.incident_id, step, actor, own_key)
        except Refused:
            return None
    return Attached(number=running_case.number, outcome=outcome) if outcome is not None else None


def _received(incoming: Incoming) -> ReceiveSuperiorNotice:
    """The same notice, for a case that runs."""
    return ReceiveSuperiorNotice(
        sender=incoming.sender,
        received_at=incoming.received_at,
        requirement=incoming.requirement,
        doc_number=incoming.doc_number,
        feedback_due_at=incoming.feedback_due_at,
    )


async def tell_office(database: Database, running_case: Incident, registered_id: str, at: datetime) -> None:
    """Tell the office, of an incident just registered, which running one holds its item; best effort."""
    notice = Notice(
        event_number=1,
        purpose=Purpose.DUPLICATE,
        unit=running_case.coordinating_office,
        subject=running_case.incident_id,
    )
    try:
        await deliver(database, registered_id, (notice,), drill=False, at=at)
    except (OSError, TimeoutError):
        return
