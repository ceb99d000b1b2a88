"""What the office noted as right instead, shown to whoever reads the case."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.case.state import Incident
from storage.reductions import Reduction, ReductionCause
from words.wording import MomentText, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLine:
    """One correction: which unit noted it, when, and what is right."""

    unit: str
    at: MomentText
    text: str


def corrections(incident: Incident, acts: Sequence[Reduction]) -> tuple[CorrectionLine, ...]:
    """The corrections that were noted of a case, the oldest first."""
    law = incident.law
    return tuple(
        CorrectionLine(
            unit=law.unit(act.unit).name if law.knows(act.unit) else act.unit,
            at=moment(act.at.replace(microsecond=0)),
            text=act.reason,
        )
        for act in acts
        if act.why is ReductionCause.CORRECTED
    )
