"""Reading the texts of a command once, where it is given:
the case then judges what was found, and holds no text.
"""

from collections.abc import Iterator

from domain.case.state import Incident
from domain.catalogue import CaseCommand
from domain.rules.clue_texts import read_clue
from domain.rules.consistency import spoken_against
from domain.rules.exposure import found_in, found_in_letter, reader_of
from domain.steps.consult import SubmitAnalysis
from domain.steps.coordinate import GiveSuperiorFeedback, IssueHint
from domain.steps.publish import Publish
from domain.steps.register import Register
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse
from domain.steps.transfer import ProposeClue
from domain.terms.copies import changed
from domain.terms.findings import Reading

# Reports and letters, in which personal data is pointed out (DD-35).
_LETTERS = ReportUp | GiveSuperiorFeedback | IssueHint | SubmitAnalysis


def takes_time(command: Register | CaseCommand) -> bool:
    """Whether reading a command takes so long that others must not wait for it."""
    return isinstance(command, ProposeClue | _LETTERS)


def needs_case(command: Register | CaseCommand) -> bool:
    """Whether reading a command takes the case, with its texts in their places:
    what it says depends on what was said.
    """
    return isinstance(command, DraftResponse | Publish)


def read(command: Register | CaseCommand, incident: Incident | None, edition: int) -> Reading:
    """What the texts of a command say that rules ask for, as the reader of the edition sees it.

    `incident` is the case with its texts, as far as it is known;
    what was not read against it, the case refuses where it matters.
    """
    if isinstance(command, DraftResponse):
        return found_in(command, edition)
    if isinstance(command, ProposeClue):
        return read_clue(command, edition)
    if isinstance(command, _LETTERS):
        return found_in_letter(tuple(_fields(command)), edition)
    nothing = Reading(reader=reader_of(edition))
    if not isinstance(command, Publish) or incident is None:
        return nothing
    draft = next((draft for draft in incident.drafts if draft.id == command.draft), None)
    if draft is None:
        return nothing
    against = spoken_against(incident, draft)
    return changed(nothing, points=len(incident.talking_points), against=against)


def _fields(
    letter: ReportUp | GiveSuperiorFeedback | IssueHint | SubmitAnalysis,
) -> Iterator[tuple[str, str]]:
    match letter:
        case ReportUp() | GiveSuperiorFeedback():
            yield "report", letter.report
        case IssueHint():
            yield "text", letter.text
        case SubmitAnalysis():
            yield "quantitative", letter.quantitative
            yield "qualitative", letter.qualitative
            yield "advice", letter.advice
