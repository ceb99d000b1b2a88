"""What may be the same: incidents that a person looks at before registering one more (DD-16, R109)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.audit_book import writes
from api.documented import problems, said
from api.lists import Listed
from api.parts import Clock, Ledger
from api.security import Caller
from casework.edge import EARLIEST, LATEST, FieldError, Malformed, text_fault
from casework.ledger_session import reading
from storage.audit_book import BookDeed
from storage.duplicates import Similar, Sought, similar

router = APIRouter(prefix="/api/v1", tags=["incidents"])


class SimilarQuery(BaseModel):
    """What is about to be registered."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Query(max_length=200, description="标题。 The title.")] = ""
    gist: Annotated[str, Query(max_length=2000, description="内容摘要。 The summary.")] = ""
    unit: Annotated[str, Query(max_length=64, description="涉事单位。 The unit concerned.")] = ""
    topic: Annotated[str, Query(max_length=100, description="事由。 The topic.")] = ""
    url: Annotated[str, Query(max_length=2000, description="来源地址。 Address of an item.")] = ""
    discovered_at: Annotated[
        datetime | None, Query(description="发现时间，默认现在。 When it was found, by default now.")
    ] = None


@router.get(
    "/incidents/similar",
    responses={200: said("What may be the same."), **problems(401, 422, 503)},
)
@writes(BookDeed.SEARCH)
async def list_similar(
    caller: Caller, database: Ledger, clock: Clock, query: Annotated[SimilarQuery, Query()]
) -> Listed[Similar]:
    """可能重复的事件。

    Incidents that the caller may see and that may be the same:
    those that run, and those that ended within 90 days, with what was answered then.
    """
    for field in ("title", "gist", "unit", "topic", "url"):
        if (code := text_fault(getattr(query, field), field)) is not None:
            raise Malformed((FieldError(f"/query/{field}", code),))
    at = query.discovered_at or clock()
    if at.tzinfo is None:
        raise Malformed((FieldError("/query/discovered_at", "zone_missing"),))
    if not EARLIEST <= at < LATEST:
        raise Malformed((FieldError("/query/discovered_at", "out_of_range"),))
    async with reading(database) as session:
        alike = await similar(session, caller, _sought(query, at))
    return Listed(items=tuple(alike))


def _sought(query: SimilarQuery, at: datetime) -> Sought:
    return Sought(
        at=at,
        title=query.title,
        gist=query.gist,
        topic=query.topic,
        urls=(query.url,),
        units=frozenset({query.unit} if query.unit else ()),
    )
