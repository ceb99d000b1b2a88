"""Room: how large a case has become as it is carried on;
a step that it has no room for is refused before it is taken.
"""

from collections.abc import Callable, Sequence

from domain.bounds import A_LITTLE, CASE, CASE_AT_MOST, CASE_KEPT_FREE, EARLIER_CASE
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Submission
from domain.law.editions import Switch
from domain.steps.assign import Assign
from domain.steps.close import Archive, Close
from domain.steps.coordinate import GiveSuperiorFeedback
from domain.steps.escalate import DeclinePaper, SignIssue, SubmitRectification
from domain.steps.judge import Judge, Rejudge
from domain.steps.publish import Publish
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.steps.screen import MergeInto, SendOn, VoidRegistration
from domain.steps.sign import SignFor
from domain.steps.verify import AnswerVerification, Conclude
from domain.steps.withdraw import WithdrawPublication
from domain.terms.refusals import Reason, Refused

_LOOKED_AT = 200  # events after which a case is measured again, whatever was added
_ENDS = (Close, Archive, VoidRegistration, SendOn, MergeInto)
_FEW_DRAFTS = 3  # of one unit, not published
# By these, and by a draft where it has few, a unit does what it owes, and the office what the case needs to
# go on: none of them adds to a case without end, so that nobody can fill it and keep another from answering.
_OWED = (
    *(SignFor, AnswerVerification, Conclude, ReviewDraft, Publish, WithdrawPublication),
    *(ReportUp, GiveSuperiorFeedback, SubmitRectification, SignIssue, DeclinePaper, Judge, Rejudge, Assign),
)


class Room:
    """The size of one case. Asked by its validator alone, which no replay runs: what was taken stays so.

    Measuring takes time, so what steps add is counted, and the case is measured where it may have grown too
    large; `size` gives the bytes of a value as it travels.
    """

    def __init__(self, size: Callable[[object], int]) -> None:
        self._bytes_of = size
        self._size: int | None = None
        self._number = 0  # of the last event when it was measured

    def require(self, incident: Incident, submission: Submission, events: Sequence[CaseEvent]) -> None:
        """Refuses a step whose events the case has no room for; one that ends the case is always taken."""
        if isinstance(submission.command, _ENDS):
            return
        added = self._bytes_of(list(events))
        most = _most(incident, submission, added)
        if (
            self._size is None
            or self._size + added > most
            or incident.event_number - self._number > _LOOKED_AT
        ):
            self._size, self._number = self._bytes_of(incident), incident.event_number
        if self._size + added > most:
            raise Refused(Reason.CASE_FULL)
        self._size += added


def _most(incident: Incident, submission: Submission, added: int) -> int:
    """The bytes up to which a case takes the step."""
    if not incident.law.has(Switch.BOUNDED):
        return EARLIER_CASE
    if added > A_LITTLE:
        return CASE
    return CASE_AT_MOST if _is_owed(incident, submission) else CASE_KEPT_FREE


def _is_owed(incident: Incident, submission: Submission) -> bool:
    if not isinstance(submission.command, DraftResponse):
        return isinstance(submission.command, _OWED)
    published = {item.draft for item in incident.publications}
    own = [draft for draft in incident.drafts if draft.unit == submission.actor.unit]
    return sum(draft.id not in published for draft in own) < _FEW_DRAFTS
