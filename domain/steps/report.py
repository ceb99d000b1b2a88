"""上报: situation reports upward, each unit to its own superior (三(三)#2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import UNTIL_ARCHIVED, Command, Event
from domain.case.records import SituationReport
from domain.case.state import Incident
from domain.case.thinning import counted, lately
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.regulation import UnitKind
from domain.rules.exposure import pointed_out
from domain.rules.papers import PaperDrafted, issued
from domain.rules.performance import perform
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import ObligationKind, PaperKind

REPORTS = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUp(Command):
    """Report the situation upward: a responder to 市政府办公室, the office to its superior (R342)."""

    kind: Literal["report_up"] = "report_up"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RECEIVING, Standing.RESPONDER})
    stages = UNTIL_ARCHIVED
    clause: ClassVar[str] = Article.SITUATION_REPORT

    to: str
    report: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedUp(Event):
    """A situation report went upward."""

    kind: Literal["reported_up"] = "reported_up"
    report: SituationReport


def decide(incident: Incident, command: ReportUp, deed: Deed) -> Iterator[Event]:
    """A report upward fulfils what its unit owes: REPORT_UP,
    or of the office the first report of the upper rules.
    """
    if not command.report.strip():
        raise Refused(Reason.MISSING_PART, "report")
    unit = deed.actor.unit
    _check_addressee(incident, unit, command.to)
    report = SituationReport(at=deed.at, unit=unit, to=command.to, text=command.report)
    yield ReportedUp(at=deed.at, by=deed.actor, report=report)
    cause = numbered(Thing.REPORT, len(incident.reports) + incident.left(REPORTS) + 1)
    paper = issued(incident, PaperKind.SITUATION_REPORT, unit, cause=cause, deed=deed)
    yield PaperDrafted(at=deed.at, paper=paper)
    yield from pointed_out(incident, deed, paper.id, (("report", command.report),))
    kind = ObligationKind.OVL_RPT2H if unit == incident.receiving_office else ObligationKind.REPORT_UP
    for obligation in incident.owed(kind, unit=unit):
        yield from perform(incident, obligation, deed)


def _check_addressee(incident: Incident, unit: str, to: str) -> None:
    """A responder reports to 市政府办公室, the office to its superior (R342)."""
    addressee, office = incident.law.unit(to), incident.receiving_office
    upward = addressee.type is UnitKind.SUPERIOR_ORGAN if unit == office else to == office
    if not upward:
        raise Refused(Reason.UNIT_NOT_CONCERNED, to)


def evolve(incident: Incident, event: ReportedUp) -> Incident:
    """The case after a report upward."""
    reports = (*incident.reports, event.report)
    if not incident.law.has(Switch.BOUNDED):
        return changed(incident, reports=reports)
    latest = lately(reports)
    left_out = counted(incident.left_out, REPORTS, len(reports) - len(latest))
    return changed(incident, reports=latest, left_out=left_out)
