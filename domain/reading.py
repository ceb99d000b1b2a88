"""Reading the texts of a command once, where it is given: the case then judges what was found, and holds no text."""

from domain.case.state import Incident
from domain.catalogue import CaseCommand
from domain.rules.consistency import spoken_against
from domain.rules.exposure import found_in, reader_of
from domain.steps.publish import Publish
from domain.steps.register import Register
from domain.steps.respond import DraftResponse
from domain.terms.copies import changed
from domain.terms.findings import Reading


def needs_case(command: Register | CaseCommand) -> bool:
    """Whether reading a command takes the case, with its texts in their places: what it says depends on what was said."""
    return isinstance(command, DraftResponse | Publish)


def read(command: Register | CaseCommand, incident: Incident | None, edition: int) -> Reading:
    """What the texts of a command say that rules ask for, as the reader of the edition sees it.

    `incident` is the case with its texts, as far as it is known; what was not read against it, the case refuses where it matters.
    """
    if isinstance(command, DraftResponse):
        return found_in(command, edition)
    nothing = Reading(reader=reader_of(edition))
    if not isinstance(command, Publish) or incident is None:
        return nothing
    draft = next((draft for draft in incident.drafts if draft.id == command.draft), None)
    if draft is None:
        return nothing
    against = spoken_against(incident, draft)
    return changed(nothing, points=len(incident.talking_points), against=against)
