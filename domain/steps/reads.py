"""阅读量: how often a publication was read on each channel, and whence the figure (三(四)#2, R365)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.reads import ReadCount, with_count
from domain.case.records import Evidence, Publication, check_proofs
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.rules.reach import official_since
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.instants import past
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import STAFF, Deed, Role, Standing
from domain.terms.vocabulary import PlatformCode


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReads(Command):
    """Record how often a publication had been read on a channel by an instant, and whence the figure (R365).

    The figure is cumulative. The channel is one of the publication's own, or of a relay with authority.
    """

    kind: Literal["record_reads"] = "record_reads"
    roles: ClassVar[frozenset[Role]] = STAFF
    standings: ClassVar[frozenset[Standing]] = frozenset(
        {Standing.OFFICE, Standing.RESPONDER, Standing.MEDIA_CENTER, Standing.CYBERSPACE_OFFICE}
    )
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.INTERACTION

    publication: str
    channel: PlatformCode
    counted_at: datetime
    reads: int
    figure_source: FreeText
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadsRecorded(Event):
    """The reads of a publication on a channel were counted at `at`."""

    kind: Literal["reads_recorded"] = "reads_recorded"
    publication: str
    count: ReadCount
    figure_source: FreeText
    evidence: tuple[Evidence, ...] = ()


def decide(incident: Incident, command: RecordReads, deed: Deed) -> Iterator[Event]:
    """A figure of somebody's own screen: it meets no limit and moves none."""
    publication = incident.publication(command.publication)
    counted_at = past(command.counted_at, deed.at, "counted_at")
    since = official_since(publication).get(command.channel)
    if since is None:
        raise Refused(Reason.UNKNOWN_REFERENCE, command.channel)
    if counted_at < since:
        raise Refused(Reason.BEFORE_OCCURRENCE, "counted_at")
    if not command.figure_source.strip():
        raise Refused(Reason.MISSING_PART, "figure_source")
    check_proofs(command.evidence, incident.law.edition)
    count = ReadCount(channel=command.channel, at=counted_at, reads=command.reads)
    _check_rising(publication, count)
    yield ReadsRecorded(
        at=counted_at,
        by=deed.actor,
        publication=publication.id,
        count=count,
        figure_source=command.figure_source,
        evidence=command.evidence,
    )


def _check_rising(publication: Publication, taken: ReadCount) -> None:
    """Cumulative counts never fall, whichever way round they come in."""
    known = next((count for count in publication.reads if count.channel == taken.channel), None)
    falls = known is not None and (
        taken.reads < known.reads if taken.at >= known.at else taken.reads > known.reads
    )
    if taken.reads < 0 or falls:
        raise Refused(Reason.COUNTS_FALL, "reads")


def evolve(incident: Incident, event: ReadsRecorded) -> Incident:
    """The case with the latest figure of that channel."""
    publications = replaced(
        incident.publications,
        lambda item: item.id == event.publication,
        lambda item: changed(item, reads=with_count(item.reads, event.count)),
    )
    return changed(incident, publications=publications)
