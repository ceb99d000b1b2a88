"""The verdict over one rehearsed incident: every expectation and every step, beside what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from rehearsals import outcomes as steps
from rehearsals.account import CaseAccount
from rehearsals.comparing import Disagreement, compare
from rehearsals.document import IncidentPlan, Rehearsal
from rehearsals.outcomes import StepOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalVerdict:
    """What was found of one incident of a file, and the account on which it rests (None: never registered).

    `accepted` counts the steps that were carried out.
    """

    rehearsal: Rehearsal
    plan: IncidentPlan
    findings: tuple[Disagreement, ...]
    accepted: int
    account: CaseAccount | None

    @property
    def agrees(self) -> bool:
        """Whether everything came out as expected."""
        return all(finding.agrees for finding in self.findings)


def verdict(
    rehearsal: Rehearsal, plan: IncidentPlan, account: CaseAccount | None, outcomes: Sequence[StepOutcome]
) -> RehearsalVerdict:
    """Compare the account of an incident with its plan; without one (never registered) nothing agrees."""
    findings = list(steps.findings(outcomes))
    for expectation in plan.expectations:
        if account is None:
            missing = Disagreement(
                place=expectation.place,
                subject=expectation.key.name,
                at=expectation.at,
                expected=expectation.expected,
                actual="not registered",
                agrees=False,
            )
            findings.append(missing)
        else:
            findings.extend(compare(account, expectation, plan.until))
    accepted = sum(outcome.refused is None for outcome in outcomes)
    return RehearsalVerdict(
        rehearsal=rehearsal, plan=plan, findings=tuple(findings), accepted=accepted, account=account
    )
