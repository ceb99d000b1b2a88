"""The law in force, and its changes: proposed by one leader, confirmed by another (R007)."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter

from api.admission import LEADING_NOTHING, AccessOutcome, narrowed
from api.audit_book import origin_of, unwritten, writes
from api.documented import problems, said
from api.lists import Fixed, Instant, Listed
from api.parts import AppSettings, Clock, Ledger
from api.preconditions import KeyHeader, json_body, required_key
from api.security import Caller
from casework.edge import read_as
from casework.ledger_session import answering, reading
from casework.outcomes import KeyReused, NotFound
from casework.submissions import command_id
from domain.law.articles import PARAMETER_ARTICLES, Article
from domain.law.enactment import ChangeAnswer, ChangeOutcome, LawChange, enacted
from domain.terms.roles import Actor, Role
from domain.terms.workdays import SHANGHAI
from storage.audit_book import BookDeed
from storage.law_changes import CommandReused, Proposal, answer, law_changes, propose
from storage.law_versions import law_versions
from storage.regulation_text import cited, sentences
from storage.regulations import legal_basis, load_law, parameters
from words.labels import label_of

_LARGEST: Final = 2**53
_NAMES = frozenset({"regulation", "version", "title", "shared"})
router = APIRouter(prefix="/api/v1/law", tags=["law"])
Number = Annotated[int, Path(ge=1, le=_LARGEST)]


class ParameterAnswer(Fixed):
    """A parameter by its dotted name, and the sentence that it rests on."""

    name: str
    value: Any
    clause: str
    clause_text: str


class VersionAnswer(Fixed):
    """A law as registrations of a year came under it, since an instant."""

    version: str
    year: int
    digest: str
    since: Instant


class LawAnswer(Fixed):
    """The law that is registered under now; `changes` are the numbers of those in force."""

    regulation: str
    title: str
    version: str
    edition: int
    digest: str
    changes: tuple[int, ...]
    parameters: tuple[ParameterAnswer, ...]
    legal_basis: tuple[dict[str, str], ...]
    versions: tuple[VersionAnswer, ...]


class WhoAnswer(Fixed):
    """A person as the system knows people."""

    person: str
    role: Role
    unit: str


class SecondWord(Fixed):
    """What the second person answered to a proposal."""

    outcome: ChangeOutcome
    outcome_label: str
    by: WhoAnswer
    at: Instant
    reason: str


class ChangeOfLaw(Fixed):
    """A proposal to change parameters, with the answer once there is one, and from when it is in force."""

    number: int
    regulation: str
    status: Literal["proposed"] | ChangeOutcome
    parameters: dict[str, Any]
    reason: str
    effective_from: Instant
    proposed_by: WhoAnswer
    proposed_at: Instant
    answer: SecondWord | None
    in_force_from: Instant | None
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedChange:
    """New values of parameters by dotted name, as `{"limits.h48": "PT36H"}`; why;
    from when, at once if left out.
    """

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    parameters: dict[str, Any]
    reason: str
    effective_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredChange:
    """The second person's remark; declining needs one."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    reason: str = ""


PROPOSED, ANSWERED = TypeAdapter(ProposedChange), TypeAdapter(AnsweredChange)
_CONTENT = {
    "parameters": {"type": "object", "examples": [{"limits.h48": "PT36H"}]},
    "reason": {"type": "string"},
    "effective_from": {"type": "string", "format": "date-time"},
}


def _body(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    schema = {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {name: _CONTENT[name] for name in names},
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.get("", responses={200: said("The law in force."), **problems(401, 503)})
@unwritten("the regulation, open to whoever is here")
async def show_law(_: Caller, settings: AppSettings, database: Ledger, clock: Clock) -> LawAnswer:
    """现行规则：参数及其依据、版本、摘要。

    The law that is registered under now: parameters with clauses, version, digest.
    """
    regulation, now = settings.regulation, clock()
    async with reading(database) as session:
        changes = enacted(await law_changes(session, regulation), now)
        versions = await law_versions(session, regulation)
    law = load_law(regulation, now.astimezone(SHANGHAI).year, changes)
    return LawAnswer(
        regulation=law.regulation,
        title=law.title,
        version=law.version,
        edition=law.edition,
        digest=law.digest,
        changes=tuple(change.number for change in changes),
        parameters=tuple(_parameters(regulation, parameters(regulation, changes))),
        legal_basis=legal_basis(regulation),
        versions=tuple(
            VersionAnswer(version=one.version, year=one.year, digest=one.digest, since=one.since.isoformat())
            for one in versions
        ),
    )


def _parameters(regulation: str, parameters: Mapping[str, Any]) -> Iterator[ParameterAnswer]:
    texts = sentences(regulation)
    for name, value in _flat(parameters):
        article = _article(name)
        clause = cited(regulation, article) if article else ""
        yield ParameterAnswer(name=name, value=value, clause=clause, clause_text=texts.get(clause, ""))


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if not above and name in _NAMES:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _article(name: str) -> Article | None:
    begun = (article for beginning, article in PARAMETER_ARTICLES.items() if name.startswith(beginning))
    return next(begun, None)


@router.get("/changes", responses={200: said("Every change."), **problems(401, 503)})
@unwritten("the regulation, open to whoever is here")
async def list_changes(
    _: Caller, settings: AppSettings, database: Ledger, clock: Clock
) -> Listed[ChangeOfLaw]:
    """参数修改：提议、确认与生效。 Every change ever proposed, the newest first."""
    async with reading(database) as session:
        changes = await law_changes(session, settings.regulation)
    return Listed(items=tuple(_change(change, clock()) for change in reversed(changes)))


@router.post(
    "/changes",
    status_code=201,
    openapi_extra=_body("parameters", "reason", "effective_from", required=("parameters", "reason")),
    responses={
        201: said("Proposed."),
        **problems(400, 401, 403, 409, 413, 415, 422, 503),
    },
)
@narrowed(AccessOutcome.FORBIDDEN, LEADING_NOTHING)
@writes(BookDeed.LAW_CHANGE)
async def propose_change(
    *,
    request: Request,
    caller: Caller,
    settings: AppSettings,
    database: Ledger,
    clock: Clock,
    idempotency_key: KeyHeader = None,
) -> ChangeOfLaw:
    """提议修改参数，须由另一位负责同志确认。

    Propose other values of parameters; another leader must confirm them.
    """
    request.state.clause = Article.APPROVAL_BY_CITY
    key = required_key(idempotency_key)
    wanted = read_as(PROPOSED, await json_body(request))
    now = clock()
    proposal = Proposal(
        regulation=settings.regulation,
        parameters=wanted.parameters,
        reason=wanted.reason,
        effective_from=wanted.effective_from or now,
    )
    command = command_id(caller, "law/changes", key)
    with answering():
        try:
            change = await propose(
                database,
                proposal,
                caller,
                at=now,
                command_id=command,
                key=key,
                origin=origin_of(request),
            )
        except CommandReused:
            raise KeyReused from None
    request.state.is_written_down = True
    return _change(change, now)


def _answering(outcome: ChangeOutcome) -> Callable[..., Awaitable[ChangeOfLaw]]:
    @narrowed(AccessOutcome.FORBIDDEN, LEADING_NOTHING)
    @writes(BookDeed.LAW_CHANGE)
    async def give(
        *,
        request: Request,
        caller: Caller,
        settings: AppSettings,
        database: Ledger,
        clock: Clock,
        number: Number,
        idempotency_key: KeyHeader = None,
    ) -> ChangeOfLaw:
        request.state.clause = Article.APPROVAL_BY_CITY
        key = required_key(idempotency_key)
        reason = read_as(ANSWERED, await json_body(request)).reason
        now = clock()
        with answering():
            change = await answer(
                database,
                settings.regulation,
                number,
                ChangeAnswer(outcome=outcome, by=caller, at=now, reason=reason),
                command_id=command_id(caller, f"law/changes/{number}/{outcome}", key),
                key=key,
                origin=origin_of(request),
            )
        if change is None:
            raise NotFound
        request.state.is_written_down = True
        return _change(change, now)

    return give


for path, outcome, summary in (
    ("confirm", ChangeOutcome.CONFIRMED, "确认参数修改 · Confirm a change"),
    ("decline", ChangeOutcome.DECLINED, "不同意参数修改 · Decline a change"),
):
    router.add_api_route(
        f"/changes/{{number}}/{path}",
        _answering(outcome),
        methods=["POST"],
        name=f"{path}_change",
        summary=summary,
        openapi_extra=_body("reason"),
        responses={
            200: said("Answered."),
            **problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
        },
    )


def _change(change: LawChange, now: datetime) -> ChangeOfLaw:
    since, answer = change.in_force_from, change.answer
    return ChangeOfLaw(
        number=change.number,
        regulation=change.regulation,
        status=answer.outcome if answer else "proposed",
        parameters=json.loads(change.parameters),
        reason=change.reason,
        effective_from=change.effective_from.isoformat(),
        proposed_by=_who(change.proposed_by),
        proposed_at=change.proposed_at.isoformat(),
        answer=_second_word(answer) if answer else None,
        in_force_from=since.isoformat() if since else None,
        in_force=since is not None and since <= now,
    )


def _second_word(answer: ChangeAnswer) -> SecondWord:
    return SecondWord(
        outcome=answer.outcome,
        outcome_label=label_of(answer.outcome).zh,
        by=_who(answer.by),
        at=answer.at.isoformat(),
        reason=answer.reason,
    )


def _who(actor: Actor) -> WhoAnswer:
    return WhoAnswer(person=actor.person, role=actor.role, unit=actor.unit)
