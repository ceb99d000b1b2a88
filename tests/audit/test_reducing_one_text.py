"""One text of a case that 0.3 recorded, reduced alone: it is gone, the others stay, and the audit says so."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from audit.differences import Difference, DifferenceKind
from audit.reducing import clear_ledger
from audit.reducing_rows import Older, ReductionObstacle, reduce_older, reduce_rows, rewritten
from audit.trial import differences_after
from audit.verify import verify
from domain import incident as rules
from domain.catalogue import Decision, Submission
from domain.rules.exposure import PersonalDataFound
from domain.steps.respond import DraftResponse
from domain.terms.free_texts import is_reference
from storage import event_log
from storage.codec import DECISION
from storage.database import Database
from storage.reduced_rows import RowChanged, Words, texts_in_row
from storage.reductions import ROWS, Reduction, ReductionCause, reductions_of
from tests.audit.older_rows import put_in
from tests.audit.test_reducing import holding
from tests.audit.test_reducing_rows import LONG, RECORDED, Server, act_of, links, recorded, said, say
from tests.golden.kept import Kept
from tests.keys import KEYS
from tests.storage.cases import START
from tests.workflows.stage import a_database

TELEPHONE = "目击者张伟，联系电话13912344321，住青溪镇。"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with a_database(tmp_path) as opened:
        yield opened


async def texts_in(database: Database, incident_id: str) -> set[str]:
    """What the public said, as the rows of a case hold it."""
    async with database.session() as session:
        rows = await event_log.rows(session, incident_id, unproven=True)
    texts = {item for row in rows for item in texts_in_row(json.loads(row.decision))}
    return {item.text for item in texts if item.is_public and not is_reference(item.text)}


def of_a_person(incident_id: str) -> Reduction:
    return Reduction(
        at=START,
        incident_id=incident_id,
        why=ReductionCause.PERSON,
        by="alice",
        reason="本人要求",
        about=ROWS,
    )


async def without(database: Database, incident_id: str, text: str) -> Older:
    async with database.session() as session:
        return await rewritten(session, incident_id, KEYS, text)


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in RECORDED])
async def test_one_text_goes_and_the_others_stay_and_all_else_verifies(
    database: Database, tmp_path: Path, one: Kept
):
    incident_id = await recorded(database, one)
    before, sealed = await verify(database, None), await links(database)
    texts = await texts_in(database, incident_id)
    assert texts == said(one)
    gone = max(texts, key=len)
    older = await without(database, incident_id, gone)
    assert await reduce_rows(database, older, of_a_person(incident_id)) == 1
    assert await texts_in(database, incident_id) == texts - {gone}
    assert await clear_ledger(database)
    report = await verify(database, None)
    assert set(report.differences) <= set(before.differences)
    assert any("(person) in rows of 0.3" in note for note in report.cases[0].notes)
    assert await links(database) == sealed
    assert holding(tmp_path, *[gone] * (len(gone) >= LONG)) == set()


async def older_case(database: Database, one: Kept = RECORDED[0]) -> tuple[str, list[str]]:
    """A recorded case that agrees with its rows, and its texts, the longest first."""
    incident_id = await recorded(database, one)
    return incident_id, sorted(await texts_in(database, incident_id), key=len, reverse=True)


async def test_two_acts_at_one_time_bring_no_text_back(database: Database):
    incident_id, (first, second, *_) = await older_case(database)
    one, other = [await without(database, incident_id, text) for text in (first, second)]
    await reduce_rows(database, one, of_a_person(incident_id))
    with pytest.raises(RowChanged):
        await reduce_rows(database, other, of_a_person(incident_id))
    left = await texts_in(database, incident_id)
    assert (first in left, second in left) == (False, True)
    async with database.session() as session:
        assert len(await reductions_of(session, incident_id)) == 1


async def test_a_case_is_audited_and_forgotten_by_the_server_before_a_text_of_it_goes(database: Database):
    incident_id, (text, *_) = await older_case(database)
    server: Any = Server()
    act = of_a_person(incident_id)
    assert await reduce_older(database, server, act, "此句从未写过") is ReductionObstacle.GONE
    assert server.forgotten == []
    assert await reduce_older(database, server, act, text) == 1
    assert len(server.forgotten) == 1
    assert await reduce_older(database, server, act, text) is ReductionObstacle.GONE
    await say(
        database, "DROP TRIGGER event_log_no_update", "UPDATE event_log SET hash = 'x' WHERE first_number = 1"
    )
    (other, *_) = await texts_in(database, incident_id)
    assert await reduce_older(database, server, act, other) is ReductionObstacle.DIFFERS


async def test_what_the_public_said_still_goes_in_its_time(database: Database):
    incident_id, _ = await older_case(database)
    words, server = said(RECORDED[0]), cast("Any", Server())
    (text, *_) = words
    await reduce_older(database, server, of_a_person(incident_id), text)
    assert await reduce_older(database, server, act_of(incident_id)) == len(words) - 1
    assert not words & await texts_in(database, incident_id)
    assert (await verify(database, None)).differences == ()


async def test_a_row_that_a_later_release_sealed_keeps_the_text(database: Database):
    incident_id, texts = await older_case(database)
    await say(
        database,
        "DROP TRIGGER event_log_no_update",
        "UPDATE event_log SET lineage = 'x' WHERE first_number > 1",
    )
    held_later = [(await without(database, incident_id, text)).is_held_later for text in texts]
    assert True in held_later
    assert False in held_later


def test_each_text_of_a_row_keeps_its_place_when_one_is_reduced():
    row = {"gist": "甲", "reason": "甲", "concerns": ["丙", {"audience": "", "text": "丁"}], "url": "戊"}
    before = texts_in_row(row)
    assert [item.text for item in before] == ["甲", "甲", "丙", "丁"]
    assert [item.is_public for item in before] == [True, False, True, True]
    after = texts_in_row(Words(alone="甲").out_of(row))
    assert is_reference(after[0].text)
    assert after[1:] == before[1:]


async def of_the_house(database: Database, incident_id: str) -> list[str]:
    """What the house wrote, as the rows of a case hold it;
    a code is no text, though its field bears the name of one.
    """
    async with database.session() as session:
        rows = await event_log.rows(session, incident_id, unproven=True)
    texts = [item for row in rows for item in texts_in_row(json.loads(row.decision))]
    written = dict.fromkeys(item.text for item in texts if not item.is_public)
    return [text for text in written if not re.fullmatch(r"[a-z_]+|text:.*", text)]


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in RECORDED])
async def test_what_the_house_wrote_goes_alone_and_all_else_verifies(
    database: Database, tmp_path: Path, one: Kept
):
    incident_id = await recorded(database, one)
    before, sealed = await verify(database, None), await links(database)
    texts = await of_the_house(database, incident_id)
    gone = max(texts, key=len)
    for text in texts[::4]:
        async with database.session() as session:
            older = await rewritten(session, incident_id, KEYS, text, of_the_house=True)
            assert await differences_after(session, incident_id, older.rows, KEYS) == [], text
    async with database.session() as session:
        older = await rewritten(session, incident_id, KEYS, gone, of_the_house=True)
    assert await reduce_rows(database, older, of_a_person(incident_id)) == 1
    assert await of_the_house(database, incident_id) == [text for text in texts if text != gone]
    assert await clear_ledger(database)
    report = await verify(database, None)
    assert set(report.differences) <= set(before.differences)
    assert any("no longer provable" in note for note in report.cases[0].notes)
    assert await links(database) == sealed
    assert holding(tmp_path, *[gone] * (len(gone) >= LONG)) == set()


def with_a_telephone(one: Kept) -> list[Decision]:
    """A recorded case until its first draft, whose facts give a person away;
    decided as 0.3 did, with its texts in it.
    """
    incident, decisions = None, []
    for stored in one.decisions:
        cause = stored.cause
        is_draft = isinstance(cause, Submission) and isinstance(cause.command, DraftResponse)
        if isinstance(cause, Submission) and isinstance(cause.command, DraftResponse):
            cause = replace(cause, command=replace(cause.command, facts=TELEPHONE))
        decision = rules.decision(incident, cause, stored.now)
        assert decision is not None
        decisions.append(decision)
        incident = rules.apply(incident, decision)
        if is_draft:
            break
    return decisions


def kinds(differences: Sequence[Difference]) -> set[DifferenceKind]:
    """What is told, save that no history proves these rows."""
    return {one.kind for one in differences} - {DifferenceKind.UNPROVEN}


async def test_a_draft_that_gives_a_person_away_goes_and_what_was_read_in_it_stands(database: Database):
    decisions = with_a_telephone(RECORDED[0])
    lines = [DECISION.dump_json(decision).decode() for decision in decisions]
    incident_id = await put_in(database, decisions, lines)
    assert isinstance(decisions[-1].events[-1], PersonalDataFound)
    before = await verify(database, None)
    async with database.session() as session:
        older = await rewritten(session, incident_id, KEYS, TELEPHONE, of_the_house=True)
        assert kinds(await differences_after(session, incident_id, older.rows, KEYS)) == set()
        unread = [replace(row, content=str(row.content).replace('"reading"', '"via"')) for row in older.rows]
        assert kinds(await differences_after(session, incident_id, unread, KEYS)) == {DifferenceKind.RULES}
    await reduce_rows(database, older, of_a_person(incident_id))
    assert TELEPHONE not in await of_the_house(database, incident_id)
    assert set((await verify(database, None)).differences) <= set(before.differences)


async def test_what_the_rules_would_read_otherwise_stays_and_is_said(database: Database):
    incident_id = await recorded(database, next(one for one in RECORDED if one.name == "P1"))
    server: Any = Server()
    act = of_a_person(incident_id)
    code = "no_related_information"
    assert await reduce_older(database, server, act, code, of_the_house=True) is ReductionObstacle.READ
    assert server.forgotten == []
    (text, *_) = await of_the_house(database, incident_id)
    assert await reduce_older(database, server, act, text, of_the_house=True) == 1
