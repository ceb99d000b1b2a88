"""What is named as open is never refused for want of what it needs, and what is not named is refused."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from api.command_routes import examples
from casework.edge import read_content
from domain.case.state import Incident
from domain.catalogue import COMMANDS, Submission
from domain.incident import apply, decide
from domain.nameable import nameable
from domain.next_steps import ANSWERED, STEP_OF, next_commands, step_for, waiting
from domain.open_steps import open_to, why_closed
from domain.rules.reach import official_since
from domain.steps.accountability import files_to_hand_over
from domain.steps.respond import REVIEWERS
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor, Role
from rehearsals.document import load
from rehearsals.folding import fold_rehearsal
from tests.rehearsals.conftest import ROOT

FILES: Final = sorted((ROOT / "rehearsals").glob("*.yaml"))
EVERY: Final = 3  # of the states that a case passes through
FOR_WANT: Final = {  # of what a step needs, not of what its sender wrote
    Reason.ROLE_NOT_ALLOWED,
    Reason.UNIT_NOT_CONCERNED,
    Reason.WRONG_STAGE,
    Reason.UNKNOWN_REFERENCE,
    Reason.ALREADY_SIGNED,
    Reason.ALREADY_ANSWERED,
    Reason.ALREADY_ASSIGNED,
    Reason.ALREADY_DONE,
    Reason.NOT_JUDGED,
    Reason.NOT_ASSIGNED,
    Reason.NOT_AN_EMERGENCY,
    Reason.NOT_BREACHED,
    Reason.NOT_PROVISIONAL,
    Reason.ERROR_NOT_RECORDED,
}


OTHERWISE: Final = {  # said first of a step that is not named, by instants and parts of the example
    ("publish", Reason.IN_THE_FUTURE),
    ("publish", Reason.BEFORE_OCCURRENCE),
    ("publish", Reason.REASON_MISSING),
    ("publish", Reason.REVIEW_INCOMPLETE),
    ("close", Reason.CLOSE_CONCLUSION_MISSING),
    ("clear_personal_data", Reason.MISSING_PART),
    ("request_extension", Reason.NO_EXTENSION),
}


def is_for_want(kind: str, answer: Refused) -> bool:
    return answer.reason in FOR_WANT or (kind, answer.reason) in OTHERWISE


def states(file: Path) -> Iterator[tuple[Incident, datetime]]:
    for folded in fold_rehearsal(load(file)):
        incident: Incident | None = None
        for number, decision in enumerate(folded.decisions):
            incident = apply(incident, decision)
            if number % EVERY == 0:
                yield incident, decision.now


def others(incident: Incident, number: int) -> Iterator[Actor]:
    """Another role of another unit at each state, of the case and beside it: every pair comes up in time."""
    offices = (
        incident.powers.cyberspace,
        incident.law.offices.publicity_department,
        incident.law.units[-1].code,
    )
    bodies = tuple(dict.fromkeys((*incident.concerned_units, *incident.powers.deciding, *offices)))
    roles = tuple(Role)
    role, unit = roles[number % len(roles)], bodies[number // len(roles) % len(bodies)]
    yield Actor(person="p-95", role=role, unit=unit)
    yield Actor(person="p-96", role=role, unit=incident.law.offices.office)


def cast(incident: Incident) -> Iterator[Actor]:
    office, unit = incident.coordinating_office, unit_of(incident)
    yield Actor(person="p-91", role=Role.PRINCIPAL_LEADER, unit=office)
    yield Actor(person="p-92", role=Role.HANDLER, unit=unit)
    yield Actor(person="p-93", role=Role.PRINCIPAL_LEADER, unit=unit)
    yield Actor(person="p-94", role=Role.CITY_LEADER, unit=office)


def unit_of(incident: Incident) -> str:
    return incident.responders[0] if incident.responders else incident.coordinating_office


def asked(kind: str, incident: Incident, actor: Actor) -> dict[str, Any]:
    """The example of the documentation, with units, texts and papers of this case in it."""
    content = dict(examples()[kind])
    for field, value in content.items():
        things = nameable(kind, field, incident, actor)
        if things is not None:
            content[field] = named(value, [name for name, _ in things])
    return content | units(kind, incident, actor, content)


def named(example: Any, names: list[str]) -> Any:
    """The first of the names, in the form that the example has; the example where there is none."""
    if isinstance(example, list):
        return [type(example[0])(name) for name in names[:1]]
    return type(example)(names[0]) if names else example


def units(kind: str, incident: Incident, actor: Actor, content: dict[str, Any]) -> dict[str, Any]:
    """Whom a step concerns, and at which review a text stands, in this case."""
    own = unit_of(incident)
    fitted: dict[str, Callable[[], dict[str, Any]]] = {
        "instruct": lambda: {"to": [own]},
        "hold_press_conference": lambda: {"units": [actor.unit]},
        "issue_supervision": lambda: {"unit": own},
        "propose_commendation": lambda: {"unit": own},
        "record_reads": lambda: channel(incident, content["publication"]),
        "rate_model": lambda: issuer(incident, content["publication"]),
        "hand_over_file": lambda: file(incident),
        "add_coordinator": lambda: {"unit": another_unit(incident)},
        "designate_lead": lambda: {"unit": another_unit(incident)},
        "report_up": lambda: {
            "to": "province_office" if own_office(incident, actor) else incident.receiving_office
        },
        "draft_response": lambda: {"answers": []},
        "review_draft": lambda: stage(incident, actor, content["draft"]),
    }
    return fitted[kind]() if kind in fitted else {}


def channel(incident: Incident, publication: str) -> dict[str, Any]:
    """Where the publication stands with authority, so that its reads can be counted there."""
    there = next((item for item in incident.publications if item.id == publication), None)
    return {} if there is None else {"channel": next(iter(official_since(there)))}


def own_office(incident: Incident, actor: Actor) -> bool:
    return actor.unit == incident.receiving_office


def another_unit(incident: Incident) -> str:
    taken = {*incident.concerned_units, incident.lead}
    return next(unit.code for unit in incident.law.units if unit.code not in taken)


def file(incident: Incident) -> dict[str, Any]:
    pair = next(files_to_hand_over(incident), None)
    return {} if pair is None else {"unit": pair[0], "organ": pair[1]}


def issuer(incident: Incident, publication: str) -> dict[str, Any]:
    rated = {rating.unit for rating in incident.oversight.ratings if rating.publication == publication}
    item = next((one for one in incident.publications if one.id == publication), None)
    unrated = [] if item is None else [unit for unit in item.issuers if unit not in rated]
    return {"unit": unrated[0]} if unrated else {}


def stage(incident: Incident, actor: Actor, name: str) -> dict[str, Any]:
    draft = next((one for one in incident.drafts if one.id == name), None)
    approved = frozenset(REVIEWERS) if draft is None else draft.approved
    fits = [stage for stage, roles in REVIEWERS.items() if stage not in approved and actor.role in roles]
    return {"stage": fits[0].value} if fits else {}


def refusal(
    kind: str, incident: Incident, actor: Actor, now: datetime, *, on_duty: bool = False
) -> Refused | None:
    command = read_content(kind, asked(kind, incident, actor))
    submission = Submission(
        command=command,
        actor=actor,
        received_at=now,
        command_id="0" * 64,
        digest="0" * 64,
        on_duty=on_duty,
    )
    try:
        decide(incident, submission, now)
    except Refused as refused:
        return refused
    return None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_named_is_not_refused_for_want_of_what_it_needs_and_what_is_not_named_is(file: Path):
    wrong = set()
    for number, (incident, now) in enumerate(states(file)):
        people = [(actor, False) for actor in cast(incident)]
        people += [(actor, on_duty) for actor in others(incident, number) for on_duty in (False, True)]
        for actor, on_duty in people:
            for kind in COMMANDS.keys() - {"register"}:
                is_open = why_closed(kind, incident, actor, on_duty=on_duty) is None
                answer = refusal(kind, incident, actor, now, on_duty=on_duty)
                if is_open and answer is not None and answer.reason in FOR_WANT:
                    wrong.add((kind, actor.role, "named", str(answer)))
                elif not is_open and (answer is None or not is_for_want(kind, answer)):
                    wrong.add((kind, actor.role, "not named", str(answer)))
    assert wrong == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_comes_next_is_open_and_named_once_and_waits_for_whoever_owes_it(file: Path):
    for incident, _ in states(file):
        for actor in cast(incident):
            opened, following = open_to(incident, actor), next_commands(incident, actor)
            assert set(following) <= set(opened)
            assert len(following) == len(set(following))
            assert {item.command for item in waiting(incident, actor)} <= set(opened)
            steps = {
                step
                for obligation in incident.obligations
                if obligation.is_owed and not obligation.advisory and obligation.unit == actor.unit
                if (step := step_for(incident, obligation, actor)) is not None
            }
            assert steps <= set(following) & set(opened)


def test_each_thing_that_waits_is_named_as_its_step_would_name_it():
    shown = set()
    for file in FILES:
        for incident, _ in states(file):
            for actor in cast(incident):
                for item in waiting(incident, actor):
                    names = nameable(item.command, item.field, incident, actor) if item.field else None
                    assert names is None or (item.name, item.thing) in names
                    shown.add(item.command)
    assert shown >= {"judge", "assign", "conclude", "review_draft", "publish", "sign_issue", "close"}


def test_each_obligation_has_at_most_one_way_to_be_met_and_each_way_is_a_command():
    assert not STEP_OF.keys() & set(ANSWERED)
    assert set(STEP_OF.values()) <= COMMANDS.keys()
