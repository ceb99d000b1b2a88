"""Why the rules say no: one stable reason each, with what to do in Chinese and English."""

from enum import StrEnum


class Reason(StrEnum):
    """Stable reason codes; the texts stand in the one table of labels."""

    ROLE_NOT_ALLOWED = "role_not_allowed"
    UNIT_NOT_CONCERNED = "unit_not_concerned"
    WRONG_STAGE = "wrong_stage"
    STALE = "stale"
    NOT_REGISTERED = "not_registered"
    ALREADY_REGISTERED = "already_registered"
    UNKNOWN_UNIT = "unknown_unit"
    UNKNOWN_REFERENCE = "unknown_reference"
    MISSING_PART = "missing_part"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_OCCURRENCE = "before_occurrence"
    COUNTS_FALL = "counts_fall"
    ALREADY_ANSWERED = "already_answered"
    ALREADY_SIGNED = "already_signed"
    ALREADY_DONE = "already_done"
    EVIDENCE_MISSING = "evidence_missing"
    REASON_MISSING = "reason_missing"
    BELOW_FLOOR = "below_floor"
    KEY_CATEGORY_UNFOUNDED = "key_category_unfounded"
    DEFERRAL_NOT_ALLOWED = "deferral_not_allowed"
    NOT_JUDGED = "not_judged"
    NOT_ASSIGNED = "not_assigned"
    ALREADY_ASSIGNED = "already_assigned"
    CONCLUSION_MISSING = "conclusion_missing"
    BLOCK_MISSING = "block_missing"
    INTERIM_INCOMPLETE = "interim_incomplete"
    PROMISE_TOO_LATE = "promise_too_late"
    NOT_AN_EMERGENCY = "not_an_emergency"
    REVIEW_INCOMPLETE = "review_incomplete"
    REVIEW_OUT_OF_ORDER = "review_out_of_order"
    REVIEWER_REPEATED = "reviewer_repeated"
    CONFLICT_OPEN = "conflict_open"
    AGAINST_TALKING_POINTS = "against_talking_points"
    PERSONAL_DATA = "personal_data"
    NO_EXTENSION = "no_extension"
    AFTER_REGISTRATION = "after_registration"
    LAW_UNCHANGED = "law_unchanged"
    NOT_BREACHED = "not_breached"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    CLOSE_OBLIGATION_OPEN = "close_obligation_open"
    CLOSE_CONCLUSION_MISSING = "close_conclusion_missing"
    CLOSE_RESULT_MISSING = "close_result_missing"
    CLOSE_REPORT_MISSING = "close_report_missing"
    CLOSE_OFFLINE_MISSING = "close_offline_missing"
    CLOSE_CONCERN_UNANSWERED = "close_concern_unanswered"
    CLOSE_HEAT_NOT_DOWN = "close_heat_not_down"
    CLOSE_ARCHIVE_INCOMPLETE = "close_archive_incomplete"
    CLOSE_REPORT_OWED = "close_report_owed"
    CLOSE_VERDICT_UNCORRECTED = "close_verdict_uncorrected"
    VERDICT_LOCKED = "verdict_locked"
    ERROR_NOT_RECORDED = "error_not_recorded"
    NOT_PROVISIONAL = "not_provisional"
    CLOSE_CLUE_RECEIPT_MISSING = "close_clue_receipt_missing"
    CRITICISM_IS_NO_CLUE = "criticism_is_no_clue"
    CLUE_NOT_ONE_ACT = "clue_not_one_act"
    CLUE_SIGNER_REPEATED = "clue_signer_repeated"
    MERGE_WOULD_POSTPONE = "merge_would_postpone"


class Refused(Exception):  # noqa: N818  a refusal is an answer of the rules, not an error of the program
    """The rules say no. `detail` names what was refused (a unit's code, a field, an obligation), never content."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail
