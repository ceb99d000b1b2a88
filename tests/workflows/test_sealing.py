"""A sealed payload opens for its case alone, and what does not open is told apart without an error."""

import json

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from activities.payloads import LastDecision, RecordInput, Unopened
from tests.keys import KEYS, NAME
from tests.storage.cases import Case
from workflows.converter import converter
from workflows.sealing import Sealing, Why, is_unopened, opened, why

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"\xe6\xac\xa0\xe8\x96\xaa"')
CASE = WorkflowSerializationContext(namespace="huiying", workflow_id="inc-1")
OVERHEAD = 300  # bytes that a seal adds at most: the bounds of a case are half of what the engine takes
# As 0.4.0 sealed it: what a release has sealed, every later one opens.
SEALED_BY_0_4 = Payload(
    metadata={
        "encoding": b"binary/huiying-sealed",
        "key": NAME.encode(),
        "namespace": b"huiying",
        "case": b"inc-1",
    },
    data=bytes.fromhex(
        "13073b1ef3437f3dd651b1c2d4ebdfbf70fd7cd21a751ad151e3fb4c0e9ad019082e64b84d7e"
        "956c27a03455fad3ae7d156fa602df3c8eb0139daa84333a"
    ),
)


async def sealed(payload: Payload = PLAIN) -> Payload:
    return (await Sealing(KEYS).with_context(CASE).encode([payload]))[0]


async def test_what_is_sealed_opens_in_the_workflow_and_in_its_activities():
    there = await sealed()
    in_activity = ActivitySerializationContext(
        namespace="huiying",
        activity_id="1",
        activity_type="record",
        activity_task_queue="q",
        workflow_id="inc-1",
        workflow_type="Incident",
        is_local=True,
    )
    for context in (CASE, in_activity):
        assert await Sealing(KEYS).with_context(context).decode([there]) == [PLAIN]
    assert PLAIN.data not in there.SerializeToString()
    assert (await sealed()).data != there.data


async def test_the_converter_of_a_case_seals_for_it_alone_and_shares_the_rest():
    house = converter(KEYS)
    of_case = house.with_context(CASE)
    (there,) = await of_case.encode([LastDecision(number=1, lineage="a")])
    assert opened(there, KEYS, "inc-1", "huiying").data == b'{"number":1,"lineage":"a"}'
    assert of_case.payload_converter is house.payload_converter
    other = WorkflowSerializationContext(namespace="huiying", workflow_id="inc-2")
    assert await house.with_context(other).decode([there], [LastDecision]) == [Unopened(Why.FOREIGN)]


def test_what_0_4_sealed_opens():
    assert opened(SEALED_BY_0_4, KEYS, "inc-1", "huiying") == PLAIN


async def test_each_reason_not_to_open_is_told():
    there = await sealed()
    moved, of_other_space, of_other_key, changed, short = (Payload() for _ in range(5))
    for one in (moved, of_other_space, of_other_key, changed, short):
        one.CopyFrom(there)
    moved.metadata["case"] = b"inc-2"
    of_other_space.metadata["namespace"] = b"other"
    of_other_key.metadata["key"] = b"f" * 16
    changed.data = changed.data[:-1] + bytes([changed.data[-1] ^ 1])
    short.data = b"1"
    expected = (
        (PLAIN, "inc-1", Why.PLAIN),
        (there, "inc-2", Why.FOREIGN),
        (moved, "inc-2", Why.CHANGED),
        (of_other_space, "inc-1", Why.FOREIGN),
        (of_other_key, "inc-1", Why.KEY),
        (changed, "inc-1", Why.CHANGED),
        (short, "inc-1", Why.CHANGED),
    )
    for payload, case, reason in expected:
        found = opened(payload, KEYS, case, "huiying")
        assert (is_unopened(found), why(found)) == (True, reason)
    assert opened(of_other_space, KEYS, "inc-1") != PLAIN  # the namespace is part of what is sealed


async def test_several_become_one_marker():
    there = await sealed()
    (found,) = await Sealing(KEYS).with_context(CASE).decode([there, there])
    assert why(found) == Why.MANY


async def test_a_marker_is_read_as_one_whatever_is_asked_for_and_none_can_be_sent():
    forged = Payload(metadata={"encoding": b"binary/huiying-unopened"}, data=b"")
    inside = converter(KEYS).with_context(CASE)
    assert await inside.decode([forged], [LastDecision]) == [Unopened(Why.PLAIN)]
    assert await inside.decode([PLAIN], [int]) == [Unopened(Why.PLAIN)]


async def test_a_failure_tells_nothing_to_who_has_no_key():
    failure = Failure()
    inside = converter(KEYS).with_context(CASE)
    await inside.encode_failure(ValueError("欠薪 canary"), failure)
    assert "canary" not in str(failure)
    assert "欠薪 canary" in str(await inside.decode_failure(failure))


@pytest.mark.parametrize("size", [1, 1_000, 1_000_000])
async def test_a_seal_adds_little(size: int):
    plain = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps("x" * size).encode())
    assert len((await sealed(plain)).SerializeToString()) - len(plain.data) < OVERHEAD


def test_a_long_record_is_handed_over_compressed_and_a_short_one_as_it_is():
    registration, *_ = Case("long").decisions
    long = RecordInput(incident_id="inc-1", decisions=(registration,), after="")
    short = RecordInput(incident_id="inc-1", decisions=(), after="a")
    plain, payload = converter().payload_converter, converter().payload_converter.to_payload(long)
    assert payload.metadata["encoding"] == b"json/zlib"
    assert len(payload.data) < 8 * 1024
    assert plain.from_payload(payload, RecordInput) == long
    assert plain.to_payload(short).metadata["encoding"] == b"json/plain"
    assert plain.from_payload(plain.to_payload(short), RecordInput) == short
