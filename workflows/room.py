"""Room: how large a case has become as it is carried on; a step that it has no room for is refused before it is taken."""

from collections.abc import Callable, Sequence

from domain.bounds import A_LITTLE, CASE, CASE_AT_MOST, EARLIER_CASE
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Submission
from domain.law.regulation import THIRD_EDITION
from domain.steps.close import Archive, Close
from domain.steps.screen import MergeInto, VoidRegistration
from domain.terms.refusals import Reason, Refused

_LOOKED_AT = 200  # events after which a case is measured again, whatever was added
_ENDS = (Close, Archive, VoidRegistration, MergeInto)


class Room:
    """The size of one case. Asked by its validator alone, which no replay runs: what was taken stays so.

    Measuring takes time, so what steps add is counted, and the case is measured where it may have grown too large;
    `size` gives the bytes of a value as it travels.
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
        is_earlier = incident.law.edition < THIRD_EDITION
        most = EARLIER_CASE if is_earlier else CASE if added > A_LITTLE else CASE_AT_MOST
        if (
            self._size is None
            or self._size + added > most
            or incident.event_number - self._number > _LOOKED_AT
        ):
            self._size, self._number = self._bytes_of(incident), incident.event_number
        if self._size + added > most:
            raise Refused(Reason.CASE_FULL)
        self._size += added
