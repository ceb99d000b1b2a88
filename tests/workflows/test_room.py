"""No case grows past what the engine carries: pressed with the largest steps of every kind,
it refuses in time, in words.
"""

import random
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from activities.payloads import RecordInput
from domain.bounds import (
    CASE_AT_MOST,
    CASE_KEPT_FREE,
    EARLIER_CASE,
    LARGEST_COMMAND,
    SQUEEZED_FROM,
    WAITING,
)
from domain.case.records import Claim, Evidence, Source
from domain.case.state import Incident
from domain.case.talking_points import QuestionAnswer
from domain.catalogue import AnyCommand
from domain.incident import decide
from domain.law.editions import SECOND_EDITION
from domain.steps.close import Archive, RecordHandling
from domain.steps.consult import AssignedTask, HoldConsultation
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.instruct import Instruct
from domain.steps.reconcile import ApproveTalkingPoints
from domain.steps.register import AddSource, RecordConcern
from domain.steps.report import ReportUp
from domain.steps.sign import SignFor
from domain.steps.verify import RequestVerification
from domain.terms.copies import changed
from domain.terms.free_texts import CaseText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import Platform
from tests.domain.cast import ALICE, BOB, LAW, OFFICE, SECOND, SUPERIOR, draft, of
from tests.domain.grown import Grown
from workflows.converter import converter
from workflows.incident import KEPT_RECEIPTS
from workflows.payloads import CaseInput, Receipt
from workflows.room import Room

CARRIED = 512 * 1024  # bytes
_DRAWN = random.Random(7)
_HAN = [chr(code) for code in range(0x4E00, 0x9FA5)]
_UNITS = tuple(unit.code for unit in LAW.units)


def han(letters: int) -> str:
    return "".join(_DRAWN.choices(_HAN, k=letters))


def drawn_hex(digits: int) -> str:
    return f"{_DRAWN.getrandbits(4 * digits):0{digits}x}"


def drawn_base64(letters: int) -> str:
    return b64encode(_DRAWN.randbytes(letters * 3 // 4)).decode()


def size(value: object) -> int:
    return len(converter().payload_converter.to_payload(value).data)


def claims() -> tuple[Claim, ...]:
    return tuple(Claim(subject=han(60), type="number", value=han(5)) for _ in range(450))


def proofs(count: int) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(url=f"https://{drawn_hex(60)}.example/", sha256=drawn_hex(64)) for _ in range(count)
    )


HOSTILE: tuple[tuple[Actor, Callable[[Grown], AnyCommand]], ...] = (
    (BOB, lambda _: draft(title=han(200), claims=claims())),
    (BOB, lambda _: draft(title=han(200), evidence=proofs(480))),
    (BOB, lambda _: draft(title=han(200))),
    (ALICE, lambda _: ApproveTalkingPoints(forbidden=tuple(han(80) for _ in range(480)))),
    (ALICE, lambda _: ApproveTalkingPoints(claims=claims())),
    (
        ALICE,
        lambda _: ApproveTalkingPoints(
            questions=tuple(QuestionAnswer(question=han(20), answer=han(20)) for _ in range(480))
        ),
    ),
    (
        ALICE,
        lambda grown: HoldConsultation(
            held_at=grown.now,
            members=_UNITS,
            minutes=han(900),
            tasks=tuple(AssignedTask(unit=_UNITS[n % len(_UNITS)], text=han(40)) for n in range(480)),
        ),
    ),
    (ALICE, lambda _: Instruct(text=han(900), to=_UNITS)),
    (
        ALICE,
        lambda grown: ReceiveSuperiorNotice(
            sender=SUPERIOR, received_at=grown.now, requirement=han(500), doc_number=han(100)
        ),
    ),
    (ALICE, lambda _: RequestVerification(questions=han(900), others=_UNITS[:3])),
    (ALICE, lambda _: RecordConcern(text=han(900))),
    (BOB, lambda _: RecordHandling(text=han(900))),
    (BOB, lambda _: ReportUp(to=OFFICE, report=han(900))),
    (
        ALICE,
        lambda grown: AddSource(
            source=Source(
                at=grown.now, platform=Platform.WEIBO, gist=han(900), url=f"https://{drawn_hex(200)}.example"
            )
        ),
    ),
)


class Pressed(Grown):
    """A case to which everybody gives the largest steps, as long as it has room for any of them."""

    def __init__(self) -> None:
        super().__init__(share=0.02)
        self.room = Room(size)
        self.refused: set[Reason] = set()

    def press(self, rounds: int) -> None:
        for _ in range(rounds):
            for actor, command in HOSTILE:
                self._try(command(self), actor)

    def _try(self, command: AnyCommand, actor: Actor) -> None:
        try:
            asked = self.submission(command, actor)
            self.room.require(self.state, asked, decide(self.state, asked, self.now))
            self.give(command, actor)
        except Refused as refused:
            self.refused.add(refused.reason)


@pytest.fixture(scope="module")
def pressed() -> Pressed:
    found = Pressed()
    found.press(60)
    return found


def carried(incident: Incident, **more: Any) -> bytes:
    receipts = {
        drawn_hex(64): Receipt(
            event_number=number,
            digest=drawn_hex(64),
            lineage=drawn_hex(32),
            body=f"{drawn_hex(8)}:{drawn_hex(32)}",
        )
        for number in range(KEPT_RECEIPTS)
    }
    case = CaseInput(incident=incident, lineage=drawn_hex(32), applied=receipts, **more)
    return converter().payload_converter.to_payload(case).data


def test_a_case_at_its_bounds_is_carried_with_all_that_waits(pressed: Pressed):
    """Even with a thousand receipts and a full backlog of texts in which no letter comes often."""
    assert Reason.CASE_FULL in pressed.refused
    assert (
        CASE_KEPT_FREE / 2 < size(pressed.state) < (CASE_KEPT_FREE + CASE_AT_MOST) / 2
    )  # who owes has room left
    texts = tuple(
        CaseText(reference=f"text:{drawn_hex(43)}:5000", salt="", text=drawn_base64(20_000))
        for _ in range(WAITING // 20_000 + 1)
    )
    waiting = RecordInput(
        incident_id="inc-1", decisions=tuple(pressed.decisions[-20:]), after="", texts=texts
    )
    assert len(carried(pressed.state)) < CARRIED * 0.6
    assert len(carried(pressed.state, unrecorded=(waiting,))) < CARRIED


def test_a_full_case_takes_what_is_owed_longer_than_the_rest_and_its_end_always(pressed: Pressed):
    asked = pressed.submission(RecordConcern(text="何时恢复"), ALICE)
    events = decide(pressed.state, asked, pressed.now)
    large = events * (CASE_AT_MOST // size(list(events)))
    little = events * max((CASE_KEPT_FREE - size(pressed.state)) // size(list(events)) + 1, 1)
    with pytest.raises(Refused):
        Room(size).require(pressed.state, asked, little)
    Room(size).require(pressed.state, replace(asked, command=SignFor()), little)
    others = replace(asked, command=draft(), actor=of(SECOND))
    Room(size).require(pressed.state, others, little)
    with pytest.raises(Refused):
        Room(size).require(pressed.state, replace(others, actor=BOB), little)
    with pytest.raises(Refused) as refused:
        pressed.room.require(pressed.state, asked, large)
    assert refused.value.reason is Reason.CASE_FULL
    pressed.room.require(pressed.state, replace(asked, command=Archive()), large)


def test_the_hostile_steps_are_such_as_the_edge_lets_through(pressed: Pressed):
    for _, command in HOSTILE:
        assert size(command(pressed)) <= LARGEST_COMMAND


def test_a_grown_case_is_carried_compressed_and_comes_back_the_same():
    grown = Grown(share=0.02)
    case = CaseInput(incident=grown.state, lineage="a" * 32)
    payload = converter().payload_converter.to_payload(case)
    assert payload.metadata["encoding"] == b"json/zlib"
    assert converter().payload_converter.from_payload(payload, CaseInput) == case
    small = CaseInput(submission=grown.decisions[0].cause)  # type: ignore[arg-type]  # a registration
    plain = converter().payload_converter.to_payload(small)
    assert len(plain.data) < SQUEEZED_FROM
    assert plain.metadata["encoding"] == b"json/plain"
    assert converter().payload_converter.from_payload(plain, CaseInput) == small


def test_a_case_of_an_earlier_release_with_two_megabytes_of_text_in_it_is_carried():
    """At this size a case of 0.3 stood still: its input had 2.25 MB,
    of which the engine takes 2,097,152 bytes.
    """
    grown = Grown(share=0.01)
    sources = tuple(
        Source(at=grown.now, platform=Platform.WEIBO, gist=han(1_000), url=f"https://posts.example/{number}")
        for number in range(760)
    )
    law = replace(grown.state.law, edition=SECOND_EDITION)
    incident = changed(grown.state, law=law, sources=sources)
    asked = grown.submission(RecordConcern(text="何时恢复"), ALICE)
    assert 2_250_000 < size(incident) < EARLIER_CASE
    Room(size).require(incident, asked, decide(incident, asked, grown.now))
    assert len(carried(incident)) < 2_097_152
