"""`huiying audit verify`: the log's chain, the rules, the ledger and the Temporal histories,
compared case by case.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from audit.book import book_differences
from audit.crew import Crew
from audit.decided import Laws
from audit.destroyed import destruction_differences
from audit.differences import CaseReport, Difference, Report
from audit.files import file_differences
from audit.law_words import law_word_differences
from audit.numbers import number_notes
from audit.one_case import AuditContext, Audited, LawMet, audited
from audit.replay import replays
from audit.sealed import sealed_report
from audit.stored import stored_log
from storage.checkpoint_keys import CheckpointKeys
from storage.database import Database
from storage.destruction import destroyed_cases
from storage.tables import ArchivedHistoryRow, EventLogRow, IncidentRow
from workflows.keys import Keyring

_ALONE: Final = Crew()


async def verify(
    database: Database,
    client: Client | None,
    incident_ids: Sequence[str] = (),
    crew: Crew = _ALONE,
    keys: Keyring | None = None,
    *,
    signing: CheckpointKeys | None = None,
    out_of_reach: bool = False,
) -> Report:
    """Audit the incidents named, or all that log, ledger or archive know.

    `crew` says in how many processes, and who hears of the progress: what it comes to hangs on neither.
    Histories are opened by `keys`, else by those of the client; the keys that signed checkpoints are compared
    with `signing`.

    1. The hash chain of the event log, and whether each row is a decision of this release.
    2. Each decision once more by the rules, from its cause at its `now`.
    3. The ledger's rows against the case that the log folds to.
    4. The Temporal histories replayed, their decisions against the log's;
       without a client the archived ones alone.
    5. The law frozen into a case against the one in force when it was registered.
    6. The alarms of the watch that stand.
    7. The receipt of each step that came by signal against the signal's date.
    8. Digest and ids of each stored submission, computed again.
    9. The chain of the audit book, and changes of the law against it, where all incidents are audited.
    10. The sealed log: each leaf against its record, each checkpoint against the leaves, and each file
        against its digest, where all incidents are audited.
    11. Each notice that somebody must hear against the receipts of its messages.
    12. The texts beside the case against the references in its log;
        what was reduced is told, and no key may open it.
    13. Each destruction list against its digest and the audit book, each destroyed case against its list, and
        the certificates that remain of it, where all incidents are audited.

    What could not be looked at is unproven, with its reason: a server that does not answer (`out_of_reach`
    says so where there is no client for that), a history that is too slow to replay here, events that no
    history covers, keys that cannot be read, an audit that breaks off.

    A case that is being worked on may be recorded a moment before or after its history shows the step:
    what may settle is looked at again before it is reported.
    """
    ids = list(dict.fromkeys(incident_ids)) or await _all(database)
    if crew.is_worth_it(len(ids)):
        each = await crew.audited(ids)
    else:
        each = await _here(database, client, ids, crew, keys, out_of_reach=out_of_reach)
    cases = tuple([report async for report in _under_one_law(database, each)])
    if incident_ids:
        return Report(cases=cases)
    book, law = await book_differences(database), await law_word_differences(database)
    sealed = await sealed_report(database, signing)
    destroyed, destruction_notes = await destruction_differences(database)
    differences = (*sealed.differences, *await file_differences(database), *destroyed)
    notes = (*sealed.notes, *await number_notes(database), *destruction_notes)
    return Report(cases=cases, book=book, law=law, sealed=differences, notes=notes, unlooked=sealed.unproven)


async def _here(
    database: Database,
    client: Client | None,
    ids: Sequence[str],
    crew: Crew,
    keys: Keyring | None,
    *,
    out_of_reach: bool,
) -> list[Audited]:
    """Audit the cases one after the other, in this process."""
    each: list[Audited] = []
    async with replays() as replayer:
        place = AuditContext(
            database=database, client=client, keys=keys, replayer=replayer, out_of_reach=out_of_reach
        )
        for incident_id in ids:
            each.append(await audited(place, incident_id))
            crew.tell(len(each), len(ids))
    return each


async def _under_one_law(database: Database, each: Sequence[Audited]) -> AsyncIterator[CaseReport]:
    """The reports in their order; a law that is another than the first under its digest
    is a difference of its case.
    """
    first: dict[tuple[str, int], tuple[str, str]] = {}
    for one in each:
        report, incident_id = one.report, one.report.incident_id
        for met in one.laws:
            of, whole = first.setdefault((met.digest, met.edition), (incident_id, met.sha256))
            if whole != met.sha256:
                apart = await _laws_apart(database, of, incident_id, met)
                report = replace(report, differences=(*report.differences, *apart))
        yield report


async def _laws_apart(database: Database, first: str, incident_id: str, met: LawMet) -> list[Difference]:
    """Where a law parts from that of the case that named its digest first."""
    laws = Laws()
    async with database.session() as session:
        for name in dict.fromkeys((first, incident_id)):
            apart = list(laws.differences(name, (await stored_log(session, name)).decisions))
    return [difference for difference in apart if difference.number == met.number]


async def _all(database: Database) -> list[str]:
    """Every incident that any record names, in the order of the log;
    one struck from it would else go unmissed.
    """
    async with database.session() as session:
        log = select(col(EventLogRow.incident_id)).order_by(col(EventLogRow.position))
        ledger = select(col(IncidentRow.incident_id)).order_by(col(IncidentRow.position))
        archive = select(col(ArchivedHistoryRow.workflow_id)).order_by(col(ArchivedHistoryRow.position))
        named = [(await session.execute(statement)).scalars() for statement in (log, ledger, archive)]
        destroyed = await destroyed_cases(session)
        return list(dict.fromkeys((*(incident_id for ids in named for incident_id in ids), *destroyed)))
