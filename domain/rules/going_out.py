"""可以公布、已经公布: what may go out is asked before;
what went out is recorded with each rule that it broke (DD-30).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from domain.case.records import Draft
from domain.case.state import Incident
from domain.rules.consistency import check_consistent
from domain.rules.content import (
    check_clarified,
    check_concluded,
    check_documented,
    check_drafted,
    check_promised,
    check_reviewed,
)
from domain.rules.exposure import check_private
from domain.terms.findings import Reading
from domain.terms.refusals import Reason, Refused

# A text that broke one of these is of a form that answers nobody:
# a notice outside an emergency, a promise of no use (DD-07).
_ANSWERS_NOBODY: Final = frozenset(
    {Reason.NOT_AN_EMERGENCY, Reason.INTERIM_INCOMPLETE, Reason.PROMISE_TOO_LATE}
)


def broken_rules(
    stood: Incident,
    draft: Draft,
    published_at: datetime,
    reading: Reading | None,
    *,
    proved: Callable[[], None],
    went_out: bool,
) -> tuple[Reason, ...]:
    """The rules that a text broke which went out, `stood` being the case of its instant;
    refuses it where it did not.

    1. Its reviews were complete, and it was drafted.
    2. `proved` asks for public channels and proof: these nothing that went out is without.
    3. Its form was open as the facts stood, its promise lies in bounds, and what is untrue is clarified.
    4. It rests on evidence, gives away no private person, and contradicts nobody.
    """
    broken: list[Reason] = []
    checks: tuple[Callable[[], None], ...] = (
        lambda: check_reviewed(draft),
        lambda: check_drafted(stood, draft, published_at),
        proved,
        lambda: check_concluded(stood, draft),
        lambda: check_promised(stood, draft, published_at),
        lambda: check_clarified(stood, draft),
        lambda: check_documented(stood, draft),
        lambda: check_private(stood, draft),
        lambda: check_consistent(stood, draft, reading),
    )
    for check in checks:
        try:
            check()
        except Refused as refused:
            if not went_out or check is proved or refused.reason is Reason.STALE:
                raise
            broken.append(refused.reason)
    return tuple(broken)


def answers_somebody(draft: Draft, broken: tuple[Reason, ...]) -> bool:
    """Whether the form of a text would have counted at its instant, whatever else it broke (DD-30).

    Before the conclusion none counts that promises no next publication (DD-07, DD-31).
    """
    too_early = Reason.CONCLUSION_MISSING in broken and draft.interim is None
    return not too_early and _ANSWERS_NOBODY.isdisjoint(broken)
