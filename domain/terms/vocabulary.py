"""The words of the regulation as enumerations; values are the glossary's identifiers."""

from enum import StrEnum
from functools import cache


class _Ordered(StrEnum):
    """Words with an order: the order of definition."""

    @property
    def rank(self) -> int:
        """Position, the lowest being 0."""
        return _ranks(type(self))[self]


@cache
def _ranks(words: type[_Ordered]) -> dict[_Ordered, int]:
    return {word: rank for rank, word in enumerate(words)}


class WarningLevel(_Ordered):
    """Warning levels 一般性事项 … 重大突发事态 (三(一)#3, R306), L1 to L4."""

    GENERAL_MATTER = "general_matter"
    SOCIAL_HOTSPOT = "social_hotspot"
    COMPLEX_SENSITIVE = "complex_sensitive"
    MAJOR_SITUATION = "major_situation"


class EmergencyGrade(_Ordered):
    """Statutory grade of the underlying emergency, an axis apart from the level (R114,
    突发事件应对法 Art. 3).
    """

    NONE = "none"
    ORDINARY = "ordinary"
    RELATIVELY_MAJOR = "relatively_major"
    MAJOR = "major"
    EXCEPTIONALLY_MAJOR = "exceptionally_major"


class Marking(_Ordered):
    """How what is no state secret is to be handled: without a mark, 内部, 工作秘密 (R322, decision 0034)."""

    NONE = "none"
    INTERNAL = "internal"
    WORK_SECRET = "work_secret"  # noqa: S105  a mark, not a password


class KeyCategory(StrEnum):
    """The six key points of response (一(三)#2, R111 to R116), K1 to K6."""

    POLICY_MISREADING = "policy_misreading"
    VITAL_INTEREST = "vital_interest"
    MORAL_BOTTOM_LINE = "moral_bottom_line"
    EMERGENCY_DISASTER = "emergency_disaster"
    SUPERIOR_REQUIRED = "superior_required"
    OTHER_MAJOR = "other_major"


class ResponseClass(StrEnum):
    """The statutory class (DD-01): 24 hours for publication, or 48 for a response."""

    H24 = "H24"
    H48 = "H48"


class ClockStart(StrEnum):
    """From which instant the statutory clock runs (DD-02)."""

    DISCOVERED_AT = "discovered_at"
    OCCURRED_AT = "occurred_at"


class MediaTier(_Ordered):
    """Tiers of media that picked an incident up: local, municipal, provincial, central."""

    LOCAL = "local"
    MUNICIPAL = "municipal"
    PROVINCIAL = "provincial"
    CENTRAL = "central"


class Platform(StrEnum):
    """Where an item came from or a publication went (R302):
    the codes of the releases up to the register (DD-32).
    """

    WEBSITE = "website"
    FORUM = "forum"
    WEIBO = "weibo"
    WECHAT = "wechat"
    DOUYIN = "douyin"
    HOTLINE = "hotline"
    SUPERIOR = "superior"
    REPORT = "report"
    KUAISHOU = "kuaishou"
    TOUTIAO = "toutiao"
    TIEBA = "tieba"
    XIAOHONGSHU = "xiaohongshu"
    BILIBILI = "bilibili"
    ZHIHU = "zhihu"
    WECHAT_CHANNELS = "wechat_channels"
    APP = "app"
    TELEVISION = "television"
    RADIO = "radio"
    PRESS_CONFERENCE = "press_conference"


# A code of the register of a law, which may name more than those.
PlatformCode = Platform | str
# Where the public speaks, which coverage counts. A hotline answer,
# a superior's paper and a unit's report reach nobody outside (DD-06, DD-32, R365).
PUBLIC_PLATFORMS = frozenset(
    {
        Platform.WEBSITE,
        Platform.FORUM,
        Platform.WEIBO,
        Platform.WECHAT,
        Platform.DOUYIN,
        Platform.KUAISHOU,
        Platform.TOUTIAO,
        Platform.TIEBA,
        Platform.XIAOHONGSHU,
        Platform.BILIBILI,
        Platform.ZHIHU,
        Platform.WECHAT_CHANNELS,
    }
)
# Where one house gives all numbers: 12345, and each of the great platforms (DD-42).
ONE_HOUSE = (PUBLIC_PLATFORMS - {Platform.WEBSITE, Platform.FORUM}) | {Platform.HOTLINE}
# Where one publishes: also on what a unit speaks through, where nobody answers (R120).
PUBLISHING_PLATFORMS = PUBLIC_PLATFORMS | {
    Platform.APP,
    Platform.TELEVISION,
    Platform.RADIO,
    Platform.PRESS_CONFERENCE,
}


class SubjectKind(StrEnum):
    """What is handled (R003)."""

    GOV_OPINION = "gov_opinion"
    MEDIA_CONCERN = "media_concern"
    EMERGENCY = "emergency"
    OTHER = "other"


class InvolvementRole(StrEnum):
    """In what part a unit is involved (二)."""

    ACCOUNTABLE = "accountable"
    ASSISTING = "assisting"
    TERRITORIAL = "territorial"
    COORDINATOR = "coordinator"


class VerificationAnswer(StrEnum):
    """What a peer may answer (R304)."""

    TRUE = "true"
    UNTRUE = "untrue"
    PARTLY_TRUE = "partly_true"
    NO_RELATED_INFORMATION = "no_related_information"


class FactConclusion(StrEnum):
    """The conclusion on the facts (三(三)#3, R343)."""

    TRUE = "TRUE"
    UNTRUE = "UNTRUE"
    PARTLY_TRUE = "PARTLY_TRUE"
    UNVERIFIABLE = "UNVERIFIABLE"


class Trend(StrEnum):
    """Where an opinion is going (R325)."""

    RISING = "rising"
    LEVEL = "level"
    FALLING = "falling"


class ReplyForm(StrEnum):
    """In what form a matter is to be answered, by the plan (R326): 通报、答问、发布会、个别答复."""

    NOTICE = "notice"
    QUESTIONS = "questions"
    PRESS_CONFERENCE = "press_conference"
    INDIVIDUAL = "individual"


class ResponseValue(StrEnum):
    """Whether to respond (R325): must, should, or not for now."""

    MUST = "must"
    SHOULD = "should"
    NOT_FOR_NOW = "not_for_now"


class PublicationForm(StrEnum):
    """Forms of an official word, as the glossary names them;
    there is none for steering what others say (R106).
    """

    INTERIM_RESPONSE = "interim_response"
    FIRST_NOTICE = "first_notice"
    UPDATE_NOTICE = "update_notice"
    FINAL_NOTICE = "final_notice"
    SITUATION_NOTICE = "situation_notice"
    POLICY_EXPLAINER = "policy_explainer"
    PRESS_RELEASE = "press_release"
    POLICE_NOTICE = "police_notice"


class Audience(StrEnum):
    """To whom a concern or publication belongs (R366)."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"
    SOCIAL_ORGANISATION = "social_organisation"


class ReviewStage(_Ordered):
    """The three reviews before publication (三审三校, `practice.md` 3.3)."""

    FIRST_REVIEW = "first_review"
    SECOND_REVIEW = "second_review"
    FINAL_REVIEW = "final_review"


class Rule(StrEnum):
    """Rules of responsibility (二, R202 to R211)."""

    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    R4 = "R4"
    R5 = "R5"


class ObligationKind(StrEnum):
    """Kinds of obligations, as the scenarios name them."""

    RESP48 = "RESP48"
    PUB24 = "PUB24"
    SUP_FB = "SUP_FB"
    FOLLOW_UP = "FOLLOW_UP"
    CONT_UPD = "CONT_UPD"
    REPORT_UP = "REPORT_UP"
    SIGN = "SIGN"
    VERIFY = "VERIFY"
    FORWARD = "FORWARD"
    RECTIFY = "RECTIFY"
    INT24 = "INT24"
    OVL_RPT2H = "OVL_RPT2H"
    OVL_5H = "OVL_5H"
    OVL_PRESS24 = "OVL_PRESS24"
    REPLACE = "REPLACE"
    CORRECT = "CORRECT"
    COUNTERSIGN = "COUNTERSIGN"


class PaperKind(StrEnum):
    """Papers of `practice.md` 3.2."""

    FLASH_REPORT = "flash_report"
    SPECIAL_REPORT = "special_report"
    DEEP_REPORT = "deep_report"
    VERIFICATION_SLIP = "verification_slip"
    OPINION_HINT = "opinion_hint"
    ASSIGNMENT_ORDER = "assignment_order"
    SUPERVISION_ORDER = "supervision_order"
    CIRCULATED_CRITICISM = "circulated_criticism"
    ADMONITORY_TALK = "admonitory_talk"
    TALK_MINUTES = "talk_minutes"
    INTERIM_RESPONSE = "interim_response"
    SITUATION_NOTICE = "situation_notice"
    POLICY_EXPLAINER = "policy_explainer"
    SITUATION_REPORT = "situation_report"
    SUPERIOR_FEEDBACK = "superior_feedback"
    MINUTES = "minutes"
    RESPONSE_PLAN = "response_plan"
    TALKING_POINTS = "talking_points"
    CLUE_TRANSFER = "clue_transfer"
    COMMENDATION = "commendation"
    ACCOUNTABILITY_FILE = "accountability_file"


class Credibility(StrEnum):
    """How far an item that came in is to be believed, as whoever took it in saw it (R324)."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


class OtherHouse(StrEnum):
    """To whom an item belongs that is none of this city's public opinion (DD-44)."""

    ANOTHER_CITY = "another_city"
    PETITION = "petition"
    LITIGATION = "litigation"
    HOTLINE = "hotline_12345"


class DutyMatter(StrEnum):
    """What whoever is on duty in 市政府办公室 decides with effect at once,
    until a leader confirms it (DD-43).
    """

    JUDGEMENT = "judgement"
    ASSIGNMENT = "assignment"
    LEAD = "lead"
    ORDER = "order"


class Stage(_Ordered):
    """Where an incident stands; one that was not ours ended as that, neither void nor closed (DD-44)."""

    REGISTERED = "registered"
    VERIFYING = "verifying"
    JUDGED = "judged"
    ASSIGNED = "assigned"
    HANDLING = "handling"
    NOT_OURS = "not_ours"
    CLOSED = "closed"
    ARCHIVED = "archived"
