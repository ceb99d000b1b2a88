"""Whatever is changed behind the program's back, the audit names it and where it lies."""

import hashlib
import re
from typing import Any

import pytest
from temporalio.api.history.v1 import History

from audit.crew import Crew
from audit.differences import Difference, DifferenceKind
from audit.verify import verify
from storage.database import Database
from storage.ledger import rebuild
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forger import Forger
from tests.keys import KEYS

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def found(database: Database) -> set[tuple[DifferenceKind, int | None]]:
    """Kinds and event numbers of all differences."""
    return {(difference.kind, difference.number) for difference in await differences(database)}


async def differences(database: Database) -> tuple[Difference, ...]:
    return (await verify(database, None, keys=KEYS)).differences


async def test_what_nobody_touched_agrees(database: Database):
    steps: list[tuple[int, int]] = []
    crew = Crew(progress=lambda done, of: steps.append((done, of)))
    report = await verify(database, None, (), crew, KEYS)
    assert [str(difference) for difference in report.differences] == []
    assert (report.exit_status, steps) == (0, [(1, 2), (2, 2)])
    assert {case.incident_id: (case.runs, case.covered_from) for case in report.cases} == {
        ENDED: (1, 1),
        SILENT: (1, 1),
    }


async def test_only_the_incidents_named_are_audited(database: Database, forger: Forger):
    forger.run("UPDATE event_log SET hash = ? WHERE incident_id = ?", "0" * 64, ENDED)
    assert (await verify(database, None, [SILENT], keys=KEYS)).exit_status == 0
    assert (await verify(database, None, [ENDED], keys=KEYS)).exit_status == 1


async def test_an_incident_that_nothing_knows_is_no_clean_one(database: Database):
    report = await verify(database, None, ["inc-unknown"], keys=KEYS)
    assert {difference.kind for difference in report.differences} == {
        DifferenceKind.CHAIN,
        DifferenceKind.HISTORY_MISSING,
    }


def _retitle(content: dict[str, Any]) -> None:
    content["cause"]["command"]["level"] = content["events"][0]["level"] = "general_matter"


async def test_a_submission_with_a_forged_digest_or_id_is_found_though_all_is_sealed_anew(
    database: Database, forger: Forger
):
    first, second = forger.number_of(SILENT, "judged"), forger.number_of(SILENT, "assigned")

    def another_digest(content: dict[str, Any]) -> None:
        content["cause"]["digest"] = "e" * 64

    def the_same_id(content: dict[str, Any]) -> None:
        content["cause"]["command_id"] = f"{2:064x}"

    forger.edit(SILENT, first, another_digest)
    forger.edit(SILENT, second, the_same_id)
    forger.seal_anew(SILENT)
    told = {place for place in await found(database) if place[0] is DifferenceKind.SUBMISSION}
    assert (DifferenceKind.SUBMISSION, first) in told


async def test_an_edited_decision_breaks_its_seal_and_its_history(database: Database, forger: Forger):
    number = forger.number_of(SILENT, "judged")
    forger.edit(SILENT, number, _retitle)
    assert {(DifferenceKind.CHAIN, number), (DifferenceKind.HISTORY, number)} <= await found(database)


async def test_an_edit_with_the_chain_written_anew_is_found_by_the_history(
    database: Database, forger: Forger
):
    number = forger.number_of(SILENT, "judged")
    forger.edit(SILENT, number, _signed)
    forger.seal_anew(SILENT)
    assert await found(database) == {(DifferenceKind.HISTORY, number)}


def _signed(content: dict[str, Any]) -> None:
    """Another person judged: consistent in itself, and with the rules."""
    content["cause"]["actor"]["person"] = content["events"][0]["by"]["person"] = "nobody"


async def test_another_instant_is_found_by_the_workflows_time(database: Database, forger: Forger):
    number = forger.numbers(SILENT)[-1]
    forger.edit(SILENT, number, lambda content: content.update(now=_later(content["now"])))
    forger.run(
        (
            "UPDATE event_log SET recorded_at = datetime(recorded_at, '+1 second') WHERE incident_id = ?"
            " AND first_number = ?"
        ),
        SILENT,
        number,
    )
    forger.seal_anew(SILENT)
    kinds = {kind for kind, at in await found(database) if at == number}
    assert DifferenceKind.WORKFLOW_TIME in kinds


def _later(instant: str) -> str:
    return re.sub(r":\d\d(\.\d+)?Z$", ":59Z", instant)


async def test_a_log_cut_off_at_its_end_is_found_with_the_first_event_that_is_missing(
    database: Database, forger: Forger
):
    number = forger.numbers(SILENT)[-1]
    forger.run("DELETE FROM event_log WHERE incident_id = ? AND first_number = ?", SILENT, number)
    await rebuild(database)  # the ledger agrees, and the chain shows nothing
    assert await found(database) == {(DifferenceKind.UNRECORDED, number)}


async def test_a_decision_taken_out_is_found(database: Database, forger: Forger):
    number, after = forger.numbers(SILENT)[1:3]
    forger.run("DELETE FROM event_log WHERE incident_id = ? AND first_number = ?", SILENT, number)
    assert {(DifferenceKind.CHAIN, after), (DifferenceKind.UNRECORDED, number)} <= await found(database)


async def test_decisions_exchanged_are_found(database: Database, forger: Forger):
    one, other = forger.numbers(SILENT)[-2:]
    texts = dict(forger.run("SELECT first_number, decision FROM event_log WHERE incident_id = ?", SILENT))
    for number, text in ((one, texts[other]), (other, texts[one])):
        forger.run(
            "UPDATE event_log SET decision = ? WHERE incident_id = ? AND first_number = ?",
            text,
            SILENT,
            number,
        )
    assert {(DifferenceKind.CHAIN, one), (DifferenceKind.CHAIN, other)} <= await found(database)


async def test_a_decision_put_in_at_the_end_is_found_as_unproven(database: Database, forger: Forger):
    number = forger.numbers(SILENT)[-1]
    last = forger.run(
        "SELECT last_number FROM event_log WHERE incident_id = ? AND first_number = ?", SILENT, number
    )[0][0]
    forger.run(
        "INSERT INTO event_log SELECT NULL, incident_id, last_number + 1, last_number + 1, recorded_at,"
        " cause, command_id,"
        " edition, decision, hash, hash, NULL FROM event_log WHERE incident_id = ? AND first_number = ?",
        *(SILENT, number),
    )
    forger.edit(
        SILENT, last + 1, lambda content: content.update(first_number=last + 1, events=content["events"][:1])
    )
    forger.seal_anew(SILENT)
    assert (DifferenceKind.UNPROVEN, last + 1) not in await found(database)  # nobody is shown it
    forger.run("UPDATE proof SET number = ? WHERE incident_id = ?", last + 1, SILENT)
    assert (DifferenceKind.UNPROVEN, last + 1) in await found(database)


async def test_a_log_struck_out_whole_is_missed(database: Database, forger: Forger):
    forger.run("DELETE FROM event_log WHERE incident_id = ?", SILENT)
    assert {(DifferenceKind.CHAIN, None), (DifferenceKind.UNRECORDED, 1)} <= await found(database)


async def test_a_row_that_cannot_be_read_is_named_without_its_content(database: Database, forger: Forger):
    number = forger.number_of(SILENT, "judged")
    forger.edit(SILENT, number, lambda content: content["events"][0].update(level="秘密"))
    forger.seal_anew(SILENT)
    told = [
        difference
        for difference in await differences(database)
        if difference.kind is DifferenceKind.UNREADABLE
    ]
    assert [difference.number for difference in told] == [number]
    assert "秘密" not in str(told[0])


async def test_another_law_under_the_same_digest_is_found(database: Database, forger: Forger):
    def kinder(content: dict[str, Any]) -> None:
        for law in (content["cause"]["opening"]["law"], content["events"][0]["law"]):
            law["limits"]["h48"] = "P30D"

    forger.edit(SILENT, 1, kinder)
    forger.seal_anew(SILENT)
    assert {(DifferenceKind.LAW, 1), (DifferenceKind.HISTORY, 1)} <= await found(database)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident SET title = 'x' WHERE incident_id = '{0}'",
        "UPDATE incident SET owed_due_at = NULL WHERE incident_id = '{0}'",
        "UPDATE snapshot SET state = replace(state, 'alice', 'malic')",
        "UPDATE obligation SET due_at = '2030-01-01 00:00:00.000000'",
        "DELETE FROM obligation WHERE ordinal = 1",
        "DELETE FROM incident_unit WHERE unit = 'gov_office'",
    ],
)
async def test_an_edited_ledger_is_found(database: Database, forger: Forger, statement: str):
    forger.run(statement.format(SILENT))
    assert {kind for kind, _ in await found(database)} == {DifferenceKind.LEDGER}


def _bytes(forger: Forger) -> bytes:
    return bytes(forger.run("SELECT history FROM archived_history WHERE workflow_id = ?", SILENT)[0][0])


def _put(forger: Forger, history: bytes) -> None:
    forger.run("UPDATE archived_history SET history = ? WHERE workflow_id = ?", history, SILENT)


async def test_a_changed_byte_of_an_archived_history_is_found_with_its_event(
    database: Database, forger: Forger
):
    kept = _bytes(forger)
    at = kept.index(b"binary/huiying-sealed", len(kept) // 2)
    _put(forger, kept[:at] + b"X" + kept[at + 1 :])
    told = [
        difference for difference in await differences(database) if difference.kind is DifferenceKind.ARCHIVE
    ]
    assert len(told) == 1
    assert re.search(r"another history event \d+", told[0].actual)


async def test_an_archived_history_cut_off_is_found(database: Database, forger: Forger):
    _put(forger, _bytes(forger)[:-200])
    assert (DifferenceKind.ARCHIVE, None) in await found(database)


async def test_bytes_changed_with_their_hash_are_found_by_the_text_and_the_replay(
    database: Database, forger: Forger
):
    history = History.FromString(_bytes(forger))
    asked = [event.workflow_execution_update_accepted_event_attributes for event in history.events]
    (payload,) = next(
        one for one in asked if one.accepted_request.input.name
    ).accepted_request.input.args.payloads
    payload.data = payload.data[:-1] + bytes([payload.data[-1] ^ 1])
    changed = history.SerializeToString(deterministic=True)
    _put(forger, changed)
    forger.run(
        "UPDATE archived_history SET sha256 = ? WHERE workflow_id = ?",
        hashlib.sha256(changed).hexdigest(),
        SILENT,
    )
    kinds = {kind for kind, _ in await found(database)}
    assert {DifferenceKind.ARCHIVE, DifferenceKind.HISTORY} <= kinds


async def test_a_changed_text_beside_the_bytes_is_found(database: Database, forger: Forger):
    forger.run("UPDATE archived_history SET history_json = replace(history_json, 'Incident', 'Accident')")
    assert (DifferenceKind.ARCHIVE, None) in await found(database)


async def test_a_history_that_is_gone_is_named_as_missing(database: Database, forger: Forger):
    forger.run("DELETE FROM archived_history WHERE workflow_id = ?", SILENT)
    told = await differences(database)
    assert [(difference.incident_id, difference.kind) for difference in told] == [
        (SILENT, DifferenceKind.HISTORY_MISSING)
    ]
