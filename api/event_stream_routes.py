"""What happens in all cases, one after another, for programs that follow along and ask again from
where they were.
"""

from typing import Annotated

from fastapi import APIRouter, Query

from api.answers import NumberedEvent
from api.audit_book import writes
from api.documented import problems, said
from api.lists import Fixed
from api.paging import DEFAULT_LIMIT, Limit
from api.parts import Ledger
from api.security import Caller
from casework.case_texts import MOST, several_with_texts
from casework.ledger_session import reading
from storage.audit_book import BookDeed
from storage.event_stream import stretch

router = APIRouter(prefix="/api/v1", tags=["incidents"])


class StreamedDecision(Fixed):
    """The events that one decision brought to a case, and the decision's place among those of all cases."""

    place: int
    incident_id: str
    events: tuple[NumberedEvent, ...]


class EventStream(Fixed):
    """Decisions in the order of their places, and `next`, from which to ask again;
    it may come without any.
    """

    items: tuple[StreamedDecision, ...]
    next: int


@router.get(
    "/events",
    responses={200: said("Decisions from a place on, and the next place."), **problems(401, 422, 503)},
)
@writes(BookDeed.LIST_READ)
async def follow_events(
    *,
    caller: Caller,
    database: Ledger,
    after: Annotated[
        int,
        Query(
            ge=0,
            le=10**15,
            description=(
                "从此位置起，即上次答复的 next；0 为从头。 From this place on, `next` of the answer"
                " before; 0 from the beginning."
            ),
        ),
    ] = 0,
    limit: Limit = DEFAULT_LIMIT,
) -> EventStream:
    """全部事件的记录，按入存证日志的先后。

    What was recorded of all cases that the caller may see, each decision once,
    in the order of the sealed log.

    Each answer names `next`: ask again from there, at once where something came, else some seconds later.
    """
    async with reading(database) as session:
        part = await stretch(session, caller, after, limit, characters=MOST)
        values = [(one.incident_id, tuple(each.event for each in one.events)) for one in part.decisions]
        contents = await several_with_texts(session, values)
    items = tuple(
        StreamedDecision(
            place=one.place,
            incident_id=one.incident_id,
            events=tuple(
                NumberedEvent(
                    number=event.number,
                    recorded_at=event.recorded_at,
                    cause=event.cause,
                    command_id=event.command_id,
                    event=content,
                )
                for event, content in zip(one.events, words, strict=True)
            ),
        )
        for one, words in zip(part.decisions, contents, strict=True)
    )
    return EventStream(items=items, next=part.next_place)
