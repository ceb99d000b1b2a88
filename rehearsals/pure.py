"""Judges a rehearsal folded by the pure domain alone: the quick check, without any server."""

from rehearsals.account import account
from rehearsals.document import Rehearsal
from rehearsals.folding import Folded, fold_rehearsal, recorded
from rehearsals.verdict import RehearsalVerdict, verdict


def rehearse_purely(rehearsal: Rehearsal) -> tuple[RehearsalVerdict, ...]:
    """The verdict over each incident of a file; steps of the system mean nothing to the rules
    and are passed over.
    """
    return tuple(_judged(rehearsal, folded) for folded in fold_rehearsal(rehearsal))


def _judged(rehearsal: Rehearsal, folded: Folded) -> RehearsalVerdict:
    steps = {outcome.command_id: outcome.step for outcome in folded.outcomes if outcome.command_id}
    its_account = (
        account(steps, recorded(folded.decisions), notices=folded.notices) if folded.decisions else None
    )
    return verdict(rehearsal, folded.plan, its_account, folded.outcomes)
