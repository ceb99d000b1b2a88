"""The judgement in force: what a person made of the four factors, trend and response value (三(二)#2)."""

from dataclasses import dataclass
from datetime import datetime

from domain.law.levels import Factors
from domain.terms.free_texts import FreeText
from domain.terms.vocabulary import KeyCategory, ResponseValue, Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The judgement in force (三(二)#2)."""

    at: datetime
    key_categories: tuple[KeyCategory, ...]
    factors: Factors
    trend: Trend
    response_value: ResponseValue
    involves_city_policy: bool
    comprehensive: bool
    reason: FreeText
