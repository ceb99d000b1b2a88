"""The kinds of obligations as one table: what each rests on, how its due instant is told, who holds it,
how it is met.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.law.articles import Article
from domain.terms.vocabulary import ObligationKind


class Holder(Enum):
    """Who owes an obligation of a kind (R348, DD-05, DD-24)."""

    NAMED = "named"  # the unit that it is opened for
    RECEIVING = "receiving"  # the office that took the case in
    FIRST = "first"  # the first-responsible unit
    PRINCIPAL = "principal"  # the lead, else the first-responsible unit


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """What holds for every obligation of a kind.

    `base` names the instant that its clock starts from, empty for the start of the law's clock; `rule` the
    way in which its due instant was computed. `answered_by` is the one command that does the deed; empty
    where a text does, in several steps (`by_text`), or nobody has to. `with_response` is met by the first
    answer of its unit. `replaces` takes the place of a text that was withdrawn or mistaken. `beside` holds
    nothing up (DD-25, DD-40). `account` is what the incident gives account of. `blocks_close`: a case is not
    closed while one is owed. `tells_unit`: its unit hears of it as soon as it is opened. `moves_with_office`:
    who takes over from 市政府办公室 owes it. `once`: owed once per incident, by whoever is its holder.
    """

    article: Article
    rule: str
    base: str = ""
    holder: Holder = Holder.NAMED
    scored: bool = True
    advisory: bool = False
    answered_by: str = ""
    by_text: bool = False
    response: bool = False
    overlay: bool = False
    internal: bool = False
    with_response: bool = False
    replaces: bool = False
    beside: bool = False
    account: bool = False
    blocks_close: bool = False
    tells_unit: bool = False
    moves_with_office: bool = False
    once: bool = False


KIND_RULES: Final = {
    ObligationKind.RESP48: KindRule(
        article=Article.STATUTORY_LIMIT,
        rule="statutory_limit",
        by_text=True,
        response=True,
        account=True,
        blocks_close=True,
    ),
    ObligationKind.PUB24: KindRule(
        article=Article.MAJOR_EMERGENCY_LIMIT,
        rule="statutory_limit",
        by_text=True,
        response=True,
        account=True,
        blocks_close=True,
    ),
    ObligationKind.SUP_FB: KindRule(
        article=Article.SUPERIOR_NOTICES,
        rule="feedback_limit",
        base="received_at",
        answered_by="give_superior_feedback",
        account=True,
        blocks_close=True,
        moves_with_office=True,
    ),
    ObligationKind.FOLLOW_UP: KindRule(
        article=Article.CONTINUOUS_PUBLICATION,
        rule="promise",
        base="published_at",
        by_text=True,
        account=True,
        blocks_close=True,
    ),
    ObligationKind.CONT_UPD: KindRule(
        article=Article.CONTINUOUS_PUBLICATION,
        rule="continuous_gap",
        base="last_publication_at",
        holder=Holder.PRINCIPAL,
        by_text=True,
        once=True,
    ),
    ObligationKind.REPORT_UP: KindRule(
        article=Article.SITUATION_REPORT,
        rule="report_limit",
        base="first_response_at",
        answered_by="report_up",
        blocks_close=True,
    ),
    ObligationKind.SIGN: KindRule(
        article=Article.DUTY_OF_UNITS,
        rule="sign_limit",
        base="asked_at",
        answered_by="sign_for",
        tells_unit=True,
    ),
    ObligationKind.VERIFY: KindRule(
        article=Article.MONITORING,
        rule="verify_limit",
        base="asked_at",
        answered_by="answer_verification",
        beside=True,
        tells_unit=True,
    ),
    ObligationKind.FORWARD: KindRule(
        article=Article.SUPERIOR_NOTICES,
        rule="forward_limit",
        base="received_at",
        answered_by="issue_hint",
        tells_unit=True,
        moves_with_office=True,
    ),
    ObligationKind.RECTIFY: KindRule(
        article=Article.APPRAISAL,
        rule="rectify_limit",
        base="signed_at",
        answered_by="submit_rectification",
        blocks_close=True,
        tells_unit=True,
    ),
    ObligationKind.INT24: KindRule(
        article=Article.WARNING_LEVELS,
        rule="internal_target",
        holder=Holder.FIRST,
        scored=False,
        internal=True,
        with_response=True,
        once=True,
    ),
    ObligationKind.REPLACE: KindRule(
        article=Article.STATUTORY_LIMIT,
        rule="replacement_limit",
        base="withdrawn_at",
        scored=False,
        advisory=True,
        by_text=True,
        replaces=True,
        tells_unit=True,
    ),
    ObligationKind.CORRECT: KindRule(
        article=Article.STATUTORY_LIMIT,
        rule="correction_limit",
        base="known_at",
        by_text=True,
        replaces=True,
        tells_unit=True,
    ),
    ObligationKind.COUNTERSIGN: KindRule(
        article=Article.CONSULTATION,
        rule="countersign_limit",
        base="asked_at",
        scored=False,
        answered_by="countersign",
        beside=True,
        tells_unit=True,
    ),
    ObligationKind.OVL_RPT2H: KindRule(
        article=Article.UPPER_RULES,
        rule="overlay",
        holder=Holder.RECEIVING,
        overlay=True,
        moves_with_office=True,
    ),
    ObligationKind.OVL_5H: KindRule(
        article=Article.UPPER_RULES,
        rule="overlay",
        holder=Holder.FIRST,
        overlay=True,
        with_response=True,
        once=True,
    ),
    ObligationKind.OVL_PRESS24: KindRule(
        article=Article.UPPER_RULES,
        rule="overlay",
        holder=Holder.RECEIVING,
        overlay=True,
        moves_with_office=True,
    ),
}


def kinds_that(holds: Callable[[KindRule], bool]) -> tuple[ObligationKind, ...]:
    """The kinds for which something holds, in the order of the table."""
    return tuple(kind for kind, rule in KIND_RULES.items() if holds(rule))
