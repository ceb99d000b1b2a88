"""延期: the regulation knows none; whoever asks is told what is possible instead (DD-11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.state import Incident
from domain.law.articles import Article
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Command):
    """Ask for more time: always refused; an interim response that names the next publication is the way
    (DD-07, DD-11).
    """

    kind: Literal["request_extension"] = "request_extension"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.RESPONDER, Standing.INVOLVED, Standing.ADDRESSEE}
    )
    clause: ClassVar[str] = Article.STATUTORY_LIMIT

    obligation: str
    reason: FreeText


def decide(incident: Incident, command: RequestExtension, deed: Deed) -> Iterator[Event]:
    """No limit can be extended (DD-11); an obligation that is not there is refused as such."""
    del deed
    raise Refused(Reason.NO_EXTENSION, incident.obligation(command.obligation).id)
