"""To whom a paper goes, or who issues it, in words."""

from typing import Final

from domain.law.regulation import Law
from domain.terms.vocabulary import PaperKind
from words.cards import unit_name
from words.language import say

# The unit of such a paper is who issues it, not to whom it goes:
# what is published, agreed on, or reported upward.
_BY_THEIR_UNIT: Final = frozenset(
    {
        PaperKind.SPECIAL_REPORT,
        PaperKind.DEEP_REPORT,
        PaperKind.INTERIM_RESPONSE,
        PaperKind.SITUATION_NOTICE,
        PaperKind.POLICY_EXPLAINER,
        PaperKind.SITUATION_REPORT,
        PaperKind.SUPERIOR_FEEDBACK,
        PaperKind.MINUTES,
        PaperKind.RESPONSE_PLAN,
        PaperKind.TALKING_POINTS,
    }
)


def is_by_its_unit(kind: PaperKind) -> bool:
    """Whether the unit of a paper of a kind is who issues it."""
    return kind in _BY_THEIR_UNIT


def party(law: Law, kind: PaperKind, unit: str) -> str:
    """The unit of a paper: to whom it goes, or who issues it."""
    name = unit_name(law, unit)
    return say("{unit} 出具", unit=name) if is_by_its_unit(kind) else say("致 {unit}", unit=name)
