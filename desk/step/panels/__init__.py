"""What helps with the special steps: one room per module, chosen by the kind of step."""

from collections.abc import Callable, Mapping
from typing import Final

from desk.step.panels import (
    clue,
    consultation,
    drafting,
    ending,
    judging,
    ladder,
    responsibility,
    review,
    superior,
)
from desk.step.panels.panel import Aid, Circumstance

NOTHING: Final = Aid()
AIDS: Final[Mapping[str, Callable[[Circumstance], Aid]]] = {
    "judge": judging.judging,
    "rejudge": judging.judging,
    "assign": responsibility.responsibility,
    "reassign": responsibility.responsibility,
    "designate_lead": responsibility.leading,
    "draft_response": drafting.drafting,
    "review_draft": review.review,
    "publish": review.publication,
    "clear_personal_data": review.cleared,
    "clear_discrepancies": review.cleared,
    "countersign": review.cleared,
    "hold_consultation": consultation.consulting,
    "complete_task": consultation.tasks,
    "plan_response": consultation.planning,
    "approve_talking_points": consultation.agreeing,
    "receive_superior_notice": superior.receiving,
    "issue_hint": superior.forwarding,
    "give_superior_feedback": superior.answering,
    "propose_clue": clue.proposing,
    "sign_clue": clue.signing,
    "decline_clue": clue.signing,
    "acknowledge_clue": clue.receipt,
    "report_clue_result": clue.receipt,
    "sign_issue": ladder.signing,
    "decline_paper": ladder.signing,
    "hold_talk": ladder.talk,
    "submit_rectification": ladder.ladder,
    "issue_supervision": ladder.ladder,
    "instruct": ladder.instructing,
    "close": ending.closing,
}
# The steps beside whose form texts are read, with their proofs and the files of the case.
SHOWING_TEXTS: Final = frozenset(kind for kind, room in AIDS.items() if room.__module__ == review.__name__)
# The kinds of events that the aid of a step reads in the record, beside the state; and how many decisions at most.
RECORD_READ: Final[Mapping[str, tuple[str, ...]]] = {"reassign": ("returned_back",)}
RECORDS: Final = 60


def aid(circumstance: Circumstance) -> Aid:
    """What helps with a step; nothing where its fields say all."""
    room = AIDS.get(circumstance.kind)
    return NOTHING if room is None else room(circumstance)
