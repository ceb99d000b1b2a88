"""Why a unit is told of something."""

from enum import StrEnum

Telling = tuple["Purpose", str, str]  # why, which unit, and the id of what it is about


class Purpose(StrEnum):
    """Why a unit is told."""

    REGISTERED = "registered"
    TO_DO = "to_do"
    REMINDER = "reminder"
    BREACH = "breach"
    BREACH_WITHDRAWN = "breach_withdrawn"
    TO_SIGN = "to_sign"
    PAPER_ISSUED = "paper_issued"
    WARNING = "warning"
    LEVEL_SUGGESTED = "level_suggested"
    COORDINATE = "coordinate"
    RETURNED = "returned"
    DRAFT_RETURNED = "draft_returned"
    CONFLICT = "conflict"
    TALKING_POINTS = "talking_points"
    PERSONAL_DATA = "personal_data"
    CONSULT = "consult"
    CLUE = "clue"
    DUPLICATE = "duplicate"
    SUBMISSION_REFUSED = "submission_refused"
    ALARM = "alarm"
    COUNTS_MISSING = "counts_missing"
    CLOCK_MOVED = "clock_moved"
    TOLERANCE_ASKED = "tolerance_asked"
    TOLERANCE_DECIDED = "tolerance_decided"
    RATED_MODEL = "rated_model"
    FILE_HANDED_OVER = "file_handed_over"
    INSTRUCTED = "instructed"
    INSTRUCTION_OWED = "instruction_owed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ERROR_KNOWN = "error_known"
    REOPENED = "reopened"
    EVIDENCE_REVIEWED = "evidence_reviewed"
