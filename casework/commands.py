"""Giving a command: the one way from a person to the case, for API, pages and rehearsals alike."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client

from casework.budgets import Budgets
from casework.duty_officers import DutyOfficers
from casework.handing_over import HandedOver
from casework.incident_workflow import IncidentWorkflowClient, WorkerTimeout, WorkflowNotFound
from casework.law_in_force import LawInForce
from casework.ledger_session import answering, reading
from casework.links import check_links, names_another
from casework.merging import take_along
from casework.outcomes import Gone, KeyReused, NotFound, Unavailable
from casework.recorded import Recorded, proven_by, recorded_at_number, recorded_by
from casework.submissions import submission_of
from casework.text_reading import TextReader
from domain import incident as rules
from domain.catalogue import CaseCommand, Submission
from domain.law.regulation import Law
from domain.reading import read
from domain.steps.amend import Rebase
from domain.steps.register import Opening, Register
from domain.steps.screen import MergeInto
from domain.terms.drill import DrillClock
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from settings import Settings
from storage.codec import SUBMISSION
from storage.database import Database
from storage.event_log import row_of_command
from storage.numbers import Drawn, draw
from storage.numbers import incident_id as incident_id_of
from storage.proof import prove_whole
from storage.snapshots import snapshot
from storage.suspects import suspect
from workflows.engine_clock import EngineClock, own_time
from workflows.incident import KEPT_RECEIPTS
from workflows.payloads import Receipt

# From the coming of the request until the answer, when the record follows slowly.
ANSWER_SECONDS: Final = 1.5
_LOOK_SECONDS: Final = (0.005, 0.01, 0.02, 0.04, 0.08, 0.16)
_REMEMBERED: Final = 10_000
_LOG_SECONDS: Final = 0.5
_PENDING = "pending"
# The audit finds a step handed over whose date differs by a minute from that of its signal.
_LATELY: Final = timedelta(seconds=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The command is durable in Temporal and will be carried out or refused; the record follows.

    `event_number` is known once the case has decided; `command_id` marks its decision in the event log.
    """

    incident_id: str
    event_number: int | None
    command_id: str


class Commands:
    """Gives commands to cases: the rules decide in the workflow, the answer is read from the event log.

    `clock` tells the real time, stamped once on each submission and kept over its re-sends.
    """

    def __init__(
        self,
        database: Database,
        client: Client,
        settings: Settings,
        clock: Callable[[], datetime] | None = None,
        budgets: Budgets | None = None,
    ) -> None:
        self._database = database
        self._settings = settings
        self.clock = clock or own_time
        self._numbers: OrderedDict[str, int] = OrderedDict()  # the last event answered, by incident
        self._budgets = budgets
        self._hand_overs = HandedOver()
        self._naming: set[asyncio.Task[None]] = set()
        self.cases = IncidentWorkflowClient(client, settings.task_queue)
        self._reader = TextReader(database, self.cases)
        self._officers = DutyOfficers(database)
        self._law = LawInForce(database, settings.regulation, self.clock)

    async def register(
        self, command: Register, actor: Actor, key: str, *, drill: DrillClock | None = None
    ) -> Recorded | Accepted:
        """Open a case: the rules are asked, a number is drawn, the workflow is started, the record awaited.

        The same key with the same content gives the same answer, once.
        Raises Refused, KeyReused, KeyInvalid and Unavailable.
        """
        until = _until()
        submission = self._submission(command, actor, "register", key)
        law = await self._law.in_force(drill)
        submission = replace(submission, reading=read(command, None, law.edition))
        refused = self._refused_at_once(submission, law, drill)
        if refused is None and drill is None:
            refused = await self._misnamed(command, actor)
        if refused is not None:
            return await self._before(submission, refused)
        drawn = await self._draw(submission, drill)
        opening = Opening(incident_id=drawn.incident_id, number=drawn.number, law=law, drill=drill)
        await self.cases.start(replace(submission, opening=opening))
        try:
            return await self._answered(drawn.incident_id, submission, until)
        except WorkerTimeout:
            return Accepted(
                incident_id=drawn.incident_id, event_number=None, command_id=submission.command_id
            )
        except WorkflowNotFound:
            if (refused := await self.cases.refusal_of(drawn.incident_id)) is not None:
                raise refused from None
            return await self._ended(drawn.incident_id, submission)

    async def submit(
        self,
        incident_id: str,
        command: CaseCommand,
        actor: Actor,
        key: str,
        *,
        expected_number: int | None = None,
    ) -> Recorded | Accepted:
        """Give a command to a case; `expected_number` is what the sender saw (If-Match).

        A merge takes the items along.

        Raises Refused, NotFound, Gone (archived), KeyReused, KeyInvalid and Unavailable.
        """
        outcome = await self._submitted(incident_id, command, actor, key, expected_number)
        if isinstance(command, MergeInto) and isinstance(outcome, Recorded):
            give = partial(self._submitted, actor=actor, expected_number=None)
            await take_along(self._database, incident_id, command, key, give)
        return outcome

    async def _submitted(
        self, incident_id: str, command: CaseCommand, actor: Actor, key: str, expected_number: int | None
    ) -> Recorded | Accepted:
        until = _until()
        submission = self._submission(command, actor, f"{incident_id}/{command.kind}", key)
        if (refused := await self._misnamed(command, actor)) is not None:
            submission = replace(submission, expected_number=expected_number)
            return await self._before(submission, refused, incident_id)
        law = await self._law.now_of(incident_id) if isinstance(command, Rebase) else None
        on_duty = await self._officers.is_on_duty(command, actor, submission.received_at)
        submission = replace(submission, expected_number=expected_number, law=law, on_duty=on_duty)
        # What comes second under a command id is passed over by the case:
        # other content must be refused before.
        known = self._hand_overs.body_of(submission.command_id, (submission.digest, ""))
        if not await self.cases.is_same_body(incident_id, submission, *known):
            raise KeyReused(incident_id)
        if (recorded := await self._before_forgotten(incident_id, submission)) is not None:
            return recorded
        submission = replace(submission, reading=await self._reader.read(incident_id, command))
        self._reader.remember(submission)
        try:
            return await self._answered_or_read_again(incident_id, submission, command, until)
        except WorkerTimeout:
            return await self._handed_over(incident_id, submission)
        except WorkflowNotFound:
            return await self._ended(incident_id, submission)

    def require_budget(self, body: bytes, actor: Actor) -> None:
        """Raise TooMany before a body is read, which is most of what a refusal costs;
        of the case nothing is told yet.
        """
        if self._budgets is not None:
            self._budgets.require(len(body), *_accounts(actor, ""))

    def _submission(self, command: Register | CaseCommand, actor: Actor, route: str, key: str) -> Submission:
        """The command in its envelope; refuses what a case does not take at once, or not now,
        before a number is spent.
        """
        submission, size = submission_of(command, actor, route, key, self.clock())
        if self._budgets is not None:
            self._budgets.spend(size, *_accounts(actor, route))
        return submission

    def _refused_at_once(self, submission: Submission, law: Law, drill: DrillClock | None) -> Refused | None:
        """The rules' own answer to a registration, before a number is spent on it."""
        opening = Opening(incident_id=_PENDING, number=_PENDING, law=law, drill=drill)
        now = self.clock()
        try:
            rules.decide(None, replace(submission, opening=opening), drill.shown(now) if drill else now)
        except Refused as refused:
            return refused
        return None

    async def _draw(self, submission: Submission, drill: DrillClock | None) -> Drawn:
        now = self.clock()
        year = (drill.shown(now) if drill else now).astimezone(SHANGHAI).year
        with answering():
            async with asyncio.timeout(ANSWER_SECONDS):
                return await draw(self._database, submission.command_id, year=year, drill=drill is not None)

    async def _misnamed(self, command: Register | CaseCommand, actor: Actor) -> Refused | None:
        """Why what the command says of another incident is refused."""
        if not names_another(command):
            return None
        async with reading(self._database) as session:
            try:
                await check_links(session, command, actor)
            except Refused as refused:
                return refused
        return None

    async def _before(
        self, submission: Submission, refused: Refused, incident_id: str | None = None
    ) -> Recorded:
        """The answer that the same key was given before, though the rules would refuse it now;
        else the refusal.
        """
        async with reading(self._database) as session:
            own_id = incident_id or incident_id_of(submission.command_id)
            before = await recorded_by(session, own_id, submission)
        if before is None:
            raise refused
        return before

    async def _answered_or_read_again(
        self, incident_id: str, submission: Submission, command: CaseCommand, until: float
    ) -> Recorded | Accepted:
        """The answer; where the texts as they were read went out of date, they are read once more."""
        try:
            return await self._answered(incident_id, submission, until)
        except Refused as refused:
            if refused.reason is not Reason.STALE or submission.expected_number is not None:
                raise
        again = await self._reader.read(incident_id, command)
        if again == submission.reading:  # the ledger lags behind the case, or cannot be read
            raise Unavailable("texts")
        return await self._answered(incident_id, replace(submission, reading=again), until)

    async def _answered(self, incident_id: str, submission: Submission, until: float) -> Recorded | Accepted:
        """The case's own answer first, since the log may hold what a worker wrote and died over;
        then the record.
        """
        receipt = await self.cases.submit(incident_id, submission)
        self._hand_overs.forget(incident_id)
        if not await self.cases.is_same_body(incident_id, submission, receipt.digest, receipt.body):
            raise KeyReused(incident_id)
        return await self._recorded(incident_id, receipt, submission, until)

    async def _handed_over(self, incident_id: str, submission: Submission) -> Accepted:
        """No worker answers: Temporal keeps the same submission,
        and the case decides it once a worker is back.

        Not without end: what waits for a case is bounded, or the first task afterwards has too much to do.
        """
        if not self._is_well_dated(submission):
            raise Unavailable("temporal")
        await self._forget_carried_out(incident_id)
        size = len(SUBMISSION.dump_json(submission))
        self._hand_overs.reserve(incident_id, submission.command_id, size)
        try:
            body = await self.cases.submit_later(incident_id, submission)
        except WorkflowNotFound:
            self._hand_overs.give_back(incident_id, size)
            raise NotFound from None
        except Unavailable:
            self._hand_overs.give_back(incident_id, size)
            raise
        self._name(incident_id)
        self._hand_overs.note(submission.command_id, submission.digest, body)
        return Accepted(incident_id=incident_id, event_number=None, command_id=submission.command_id)

    async def _forget_carried_out(self, incident_id: str) -> None:
        """What was handed over in an outage before this one waits no more once the log holds
        the last of it.
        """
        last = self._hand_overs.last(incident_id)
        if last is None:
            return
        with suppress(Unavailable):
            async with reading(self._database, _LOG_SECONDS) as session:
                if await row_of_command(session, incident_id, last) is not None:
                    self._hand_overs.forget(incident_id)

    def _name(self, incident_id: str) -> None:
        """Name the case to the watch, beside the answer, which waits for nothing more."""
        task = asyncio.create_task(self._named(incident_id))
        self._naming.add(task)
        task.add_done_callback(self._naming.discard)

    async def _named(self, incident_id: str) -> None:
        with suppress(OSError, SQLAlchemyError):  # a database that takes no write, the watch finds by itself
            await suspect(self._database, incident_id, self.clock())

    def _is_well_dated(self, submission: Submission) -> bool:
        """Whether the engine's time was known when the step came:
        the case cannot see when a signal was received.
        """
        is_sure = not isinstance(self.clock, EngineClock) or self.clock.is_sure()
        return is_sure and abs(self.clock() - submission.received_at) <= _LATELY

    async def _ended(self, incident_id: str, submission: Submission) -> Recorded:
        """No workflow runs: what was answered before is answered again;
        else the case is archived, unknown or lost.
        """
        async with reading(self._database) as session:
            if (before := await recorded_by(session, incident_id, submission)) is not None:
                return before
            stored = await snapshot(session, incident_id)
        if stored is None:
            raise NotFound
        if stored.state.archived_at is not None or await self._is_archived(incident_id):
            raise Gone(stored.state.number)
        raise Unavailable("workflow")

    async def _is_archived(self, incident_id: str) -> bool:
        """Whether the case has only just been archived: what an ended workflow decided, the log holds."""
        if not await self.cases.has_ended(incident_id):
            return False
        with answering():
            await self._database.write(partial(prove_whole, incident_id=incident_id), derived=True)
        async with reading(self._database) as session:
            stored = await snapshot(session, incident_id)
        return stored is not None and stored.state.archived_at is not None

    async def _recorded(
        self, incident_id: str, receipt: Receipt, submission: Submission, until: float
    ) -> Recorded | Accepted:
        """What the event log says once it holds the decision;
        Accepted when it cannot be asked, or says nothing in time.
        """
        number = receipt.event_number
        self._remember_number(incident_id, number)
        accepted = Accepted(incident_id=incident_id, event_number=number, command_id=submission.command_id)
        work = partial(proven_by, incident_id=incident_id, receipt=receipt, submission=submission)
        for pause in _pauses():
            try:
                with answering():
                    async with asyncio.timeout(max(until - monotonic(), _LOOK_SECONDS[-1])):
                        proven = await self._database.write(work, derived=True)
            except Unavailable:
                proven = None
            if proven is not None:
                return proven.recorded or await self._read(incident_id, number, submission) or accepted
            if monotonic() + pause >= until:
                return accepted
            await asyncio.sleep(pause)
        return accepted

    async def _read(self, incident_id: str, number: int, submission: Submission) -> Recorded | None:
        """A decision that others followed, and the case as it left it; None when it cannot be read."""
        try:
            async with reading(self._database) as session:
                return await recorded_at_number(session, incident_id, number, submission)
        except Unavailable:
            return None

    async def _before_forgotten(self, incident_id: str, submission: Submission) -> Recorded | None:
        """What the log holds of a command that a case of many steps may have forgotten (`KEPT_RECEIPTS`)."""
        number = self._numbers.get(incident_id)
        if number is not None and number < KEPT_RECEIPTS:
            return None
        try:
            async with reading(self._database) as session:
                return await recorded_by(session, incident_id, submission)
        except Unavailable:
            return None

    def _remember_number(self, incident_id: str, number: int) -> None:
        self._numbers[incident_id] = number
        self._numbers.move_to_end(incident_id)
        if len(self._numbers) > _REMEMBERED:
            self._numbers.popitem(last=False)


def _accounts(actor: Actor, route: str) -> tuple[str, ...]:
    """Whose budgets a step takes from: the person's, and those of the case that a route leads to."""
    incident_id, is_in_a_case, _ = route.partition("/")
    return (f"{actor.unit}/{actor.person}", *((incident_id,) if is_in_a_case else ()))


def _pauses() -> Iterator[float]:
    yield from _LOOK_SECONDS
    while True:
        yield _LOOK_SECONDS[-1]


def _until() -> float:
    return monotonic() + ANSWER_SECONDS
