"""Rehearses the calls of one notice on the time-skipping server:
real call, worker, channels, receipts and links, to the minute.
"""

import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from temporalio.testing import WorkflowEnvironment

from activities.effects.deliver.effect import NotifyInput
from activities.effects.deliver.starting_calls import start_calls
from casework.calls import acknowledge_link, open_link, tell_calls
from casework.incident_workflow import IncidentWorkflowClient
from domain.notices import Notice
from rehearsals.call_plan import MINUTE, CallPlan, Meanwhile, PlannedNotice
from rehearsals.comparing import Disagreement
from rehearsals.document import IncidentPlan, Rehearsal
from rehearsals.provider import HOST, Providers, providers
from rehearsals.skipping import WorkerBuilder, executable, patiently, sleep_until
from rehearsals.verdict import RehearsalVerdict
from settings import Settings
from storage import receipts
from storage.accounts import create_account
from storage.call_channels import enter_addresses, keep
from storage.called_notices import acknowledge_by_link, notice_of
from storage.database import Database, open_database
from storage.inbox import deliver
from storage.migrations import migrate
from storage.receipts import CallStatus, Key, ReceiptEntry
from workflows.converter import converter, prepare
from workflows.keys import Keyring

_INCIDENT: Final = "rehearsal"
_NUMBER: Final = 1
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Stage:
    """The system in which a notice is called for; `shift` is by how many whole days its clock is ahead
    of the file's.
    """

    environment: WorkflowEnvironment
    database: Database
    settings: Settings
    providers: Providers
    plan: CallPlan
    shift: timedelta

    @property
    def key(self) -> Key:
        """The notice."""
        return _INCIDENT, _NUMBER, self.plan.notice.purpose.value, self.plan.notice.unit


async def rehearse_calls(
    rehearsal: Rehearsal, plan: CallPlan, settings: Settings, build_worker: WorkerBuilder
) -> tuple[RehearsalVerdict, ...]:
    """The verdict over the calls of a file; nothing of the installation at hand is touched,
    and nobody is called.
    """
    prepare()
    async with _stage(rehearsal, plan, settings) as stage:
        client = stage.environment.client
        async with build_worker(client, stage.database, stage.settings):
            answered = [finding async for finding in _perform(stage)]
        async with stage.database.session() as session:
            entries = await receipts.of_incident(session, _INCIDENT)
        heard_at = next((one.at for one in entries if one.status is CallStatus.ACKNOWLEDGED), None)
    sent = [one for one in entries if one.status is CallStatus.SENT]
    findings = (*answered, *_findings(stage, sent, heard_at))
    whole = IncidentPlan(name="calls", place=plan.place, steps=(), expectations=(), until=plan.until)
    return (
        RehearsalVerdict(
            rehearsal=rehearsal, plan=whole, findings=findings, accepted=len(plan.meanwhile), account=None
        ),
    )


@asynccontextmanager
async def _stage(rehearsal: Rehearsal, plan: CallPlan, settings: Settings) -> AsyncIterator[_Stage]:
    with TemporaryDirectory(prefix="huiying-calls-") as folder, providers() as peers:
        own = settings.model_copy(
            update={
                "database_url": f"sqlite+aiosqlite:///{folder}/huiying.db",
                "keys_dir": Path(folder) / "keys",
                "regulation": rehearsal.regulation,
                "internal_hosts": HOST,
                "hosts": "rehearsal.invalid",
            }
        )
        await migrate(own.database_url)
        keys = Keyring(own.keys_dir)
        database = open_database(own.database_url, keys)
        try:
            environment = await patiently(
                lambda: WorkflowEnvironment.start_time_skipping(
                    test_server_existing_path=executable("temporal-test-server"),
                    data_converter=converter(keys),
                )
            )
            async with environment:
                ahead = await environment.get_current_time() + MINUTE - plan.notice.at
                shift = max(math.ceil(ahead / _DAY), 0) * _DAY
                stage = _Stage(environment, database, own, peers, plan, shift)
                await _people(stage)
                yield stage
        finally:
            await database.close()


async def _people(stage: _Stage) -> None:
    """An account for each person, with addresses, and each channel that anybody has,
    on since a day before.
    """
    at = stage.plan.notice.at + stage.shift - _DAY
    ways = {channel for person in stage.plan.people for channel in person.channels}
    async with stage.database.writing() as session:
        for channel in sorted(ways):
            await keep(session, channel, stage.providers.settings(channel), enabled=True, at=at)
        for place, person in enumerate(stage.plan.people):
            actor = person.actor
            account = await create_account(
                session,
                login=actor.person,
                name=actor.person,
                post=actor.role,
                unit=actor.unit,
                password_hash="",
                at=at,
            )
            addresses = dict.fromkeys(person.channels, f"p{place}")
            await enter_addresses(session, account.id, addresses, at=at)


async def _perform(stage: _Stage) -> AsyncIterator[Disagreement]:
    """Deliver the notice, start its call, and let happen what happens meanwhile; what could not, is found."""
    plan, client = stage.plan.notice, stage.environment.client
    at = plan.at + stage.shift
    await sleep_until(stage.environment, at)
    notice = Notice(event_number=_NUMBER, purpose=plan.purpose, unit=plan.unit, subject=plan.subject)
    await deliver(stage.database, _INCIDENT, [notice], drill=False, at=at)
    delivery = NotifyInput(
        incident_id=_INCIDENT,
        notices=(notice,),
        drill=False,
        event_number=_NUMBER,
        level=plan.level,
        response_class=plan.response_class,
    )
    await start_calls(client, stage.settings.task_queue, stage.database, delivery)
    for deed in stage.plan.meanwhile:
        await sleep_until(stage.environment, deed.at + stage.shift)
        if deed.answers:
            yield await _answer(stage, deed)
        stage.providers.broken = (stage.providers.broken | {deed.breaks}) - {deed.mends}
    await sleep_until(stage.environment, stage.plan.until + stage.shift)


async def _answer(stage: _Stage, deed: Meanwhile) -> Disagreement:
    """Somebody acknowledges: by the link of the last message, where one carried any, else on the page."""
    place = [one.actor.person for one in stage.plan.people].index(deed.answers)
    unit = stage.plan.people[place].actor.unit
    link = stage.providers.links.get(f"p{place}", "")
    at = deed.at + stage.shift
    async with stage.database.writing() as session:
        opened = await open_link(session, link.rpartition("/")[2]) if link else None
        if opened is not None:
            is_heard = await acknowledge_link(session, opened, at)
        else:
            is_heard = unit == stage.plan.notice.unit and await acknowledge_by_link(
                session, stage.key, person=deed.answers, at=at
            )
        notice = await notice_of(session, stage.key)
    if is_heard:
        await tell_calls(
            IncidentWorkflowClient(stage.environment.client, stage.settings.task_queue), [stage.key]
        )
    by = notice.acknowledged_by if notice is not None else None
    return Disagreement(
        place=deed.place,
        subject="answers",
        at=deed.at,
        expected=deed.answers,
        actual=f"{by} ({'link' if opened is not None else 'page'})" if by == deed.answers else by,
        agrees=by == deed.answers,
    )


def _findings(
    stage: _Stage, entries: Sequence[ReceiptEntry], heard_at: datetime | None
) -> list[Disagreement]:
    """Each message that must have been taken beside one that was, and each that was taken beside."""
    left = list(entries)
    findings = []
    for wanted in stage.plan.messages:
        entry = next((one for one in left if _is(stage, wanted, one, entries, heard_at)), None)
        if entry is not None:
            left.remove(entry)
        nearest = entry or next((one for one in left if one.person == wanted.who), None)
        findings.append(
            Disagreement(
                place=wanted.place,
                subject="told",
                at=wanted.at,
                expected=_shown(wanted),
                actual=None if nearest is None else _of(stage, nearest),
                agrees=entry is not None,
            )
        )
    return findings + [
        Disagreement(
            place=stage.plan.place,
            subject="told",
            at=_minute(stage, one),
            expected=_of(stage, one),
            actual=_of(stage, one),
            agrees=False,
            unwanted=True,
        )
        for one in left
    ]


def _is(
    stage: _Stage,
    wanted: PlannedNotice,
    entry: ReceiptEntry,
    entries: Sequence[ReceiptEntry],
    heard_at: datetime | None,
) -> bool:
    is_after = wanted.after is None or (
        any(one.person == wanted.after and one.at < entry.at for one in entries)
        and (heard_at is None or heard_at > entry.at)
    )
    return (
        entry.person == wanted.who
        and _minute(stage, entry) == wanted.at
        and wanted.hearer in {None, entry.hearer}
        and wanted.channel in {None, entry.channel}
        and wanted.again in {None, entry.again}
        and is_after
    )


def _minute(stage: _Stage, entry: ReceiptEntry) -> datetime:
    """The minute after the notice in which a message went out, by the file's clock."""
    begin = stage.plan.notice.at
    return begin + (entry.at - stage.shift - begin) // MINUTE * MINUTE


def _shown(wanted: PlannedNotice) -> dict[str, Any]:
    fields = {
        "at": wanted.at,
        "who": wanted.who,
        "as": wanted.hearer,
        "channel": wanted.channel,
        "again": wanted.again,
        "after": wanted.after,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _of(stage: _Stage, entry: ReceiptEntry) -> dict[str, Any]:
    return {
        "at": _minute(stage, entry),
        "who": entry.person,
        "as": entry.hearer,
        "channel": entry.channel,
        "again": entry.again,
    }
