"""What common steps bring, event by event, each with the rule that says so: for `.then(*…)` of many tests."""

from typing import Final

# A step that changes no obligation is named where it is asked about: `.then("closed")`.

REGISTERED: Final = ("registered", "obligation_opened", "paper_drafted", "metrics_recorded")
"""The clock starts (R347), the flash report is drafted, and the first counts stand."""

NOTICE_RECEIVED: Final = ("superior_notice_received", "obligation_opened", "obligation_opened")
"""To be passed on (R309), and to be answered (R308)."""

REGISTERED_BY_NOTICE: Final = (*REGISTERED, *NOTICE_RECEIVED)
"""A superior's notice opened the case."""

FEEDBACK_GIVEN: Final = ("superior_feedback_given", "paper_drafted", "obligation_fulfilled")
"""What the superior asked is answered (R308)."""

HINT_ISSUED: Final = ("hint_issued", "paper_drafted", "obligation_opened")
"""The unit has a hint to sign for (R201)."""

HINT_PASSES_NOTICE_ON: Final = (*HINT_ISSUED, "obligation_fulfilled")
"""The superior's notice is passed on by it (R309)."""

HINTS_PASS_NOTICE_ON: Final = (*HINT_ISSUED, "paper_drafted", "obligation_opened", "obligation_fulfilled")
"""Two units have a hint to sign for."""

ONE_ASKED: Final = ("verification_requested", "obligation_opened", "paper_drafted")
"""A peer owes its answer (R304), and has the slip."""

EMERGENCY_JUDGED: Final = (
    "judged",
    "obligation_superseded",  # the 48 hours that the office held
    "obligation_opened",  # 24 hours instead (R346)
    "obligation_opened",  # and three limits of the upper rules (DD-24)
    "obligation_opened",
    "obligation_opened",
    "consultation_proposed",  # mandatory in the 24-hour class (R382)
)

TARGET_SET: Final = ("judged", "obligation_opened", "consultation_proposed")
"""At L4 without an emergency: an internal target (DD-05), and a consultation (R382)."""

JOINS: Final = (
    "obligation_opened",
    "obligation_opened",
    "paper_drafted",
)  # a response, an order and its signing (R201, R206)

ASSIGNED: Final = ("assigned", "coordinator_added", "coordinator_added", "obligation_superseded", *JOINS)
"""What the office held passes to the unit; the offices coordinate (二#3)."""

TWO_ASSIGNED: Final = (*ASSIGNED, *JOINS)
"""Each of several places owes its own response (R206)."""

ASSIGNED_IN_EMERGENCY: Final = (*ASSIGNED, "obligation_superseded", "obligation_opened")
"""The five-hour limit passes to the first-responsible unit as well (DD-24)."""

REASSIGNED: Final = ("assigned", "obligation_superseded", "obligation_superseded", *JOINS)
"""The leaving unit owes neither response nor signing any more (DD-22)."""

LEAD_JOINS: Final = ("lead_designated", *JOINS)
"""A lead that had no part in it owes a response of its own (R206)."""

LEAD_JOINS_IN_EMERGENCY: Final = (*LEAD_JOINS, "obligation_superseded", "obligation_opened")
"""Continuous publication passes to the lead (R348)."""

ANSWERED: Final = ("published", "paper_drafted", "obligation_fulfilled", "obligation_opened")
"""The first response meets the limit (R347) and starts that of the report upward (R342)."""

TWO_ANSWERED: Final = (*ANSWERED, "obligation_fulfilled", "obligation_opened")
"""A text of two units answers for both, and each reports (R342)."""

ANSWERED_BEFORE_TARGET: Final = (
    "published",
    "paper_drafted",
    "obligation_fulfilled",
    "obligation_fulfilled",  # the internal target (DD-05)
    "obligation_opened",
)

ANSWERED_IN_EMERGENCY: Final = (
    "published",
    "paper_drafted",
    "obligation_fulfilled",  # the 24 hours (R346)
    "obligation_fulfilled",  # the five hours of the upper rules (DD-24)
    "obligation_opened",  # the report upward (R342)
    "obligation_opened",  # the next publication (R348)
)

PROMISED: Final = (*ANSWERED, "obligation_opened")
"""An interim response meets the 48 hours, and what it promises is owed (DD-07)."""

UPDATED: Final = ("published", "paper_drafted", "obligation_fulfilled", "obligation_opened")
"""The publication that was due, and the next one (R348)."""

CORRECTED: Final = ("published", "paper_drafted", "publication_superseded", "obligation_fulfilled")
"""The mistaken text gives way, and the correction is done (DD-15)."""

WITHDRAWN: Final = ("publication_withdrawn", "obligation_opened")
"""A replacement is owed (DD-13)."""

REPORTED: Final = ("reported_up", "paper_drafted", "obligation_fulfilled")
"""The report upward is given (R342)."""

PRESS_ANSWERS: Final = ("press_conference_held", *ANSWERED)
"""What is said to the press answers as a publication does."""

PRESS_PROMISES: Final = ("press_conference_held", *PROMISED)
"""So does a promise that is given there (DD-07)."""

PRESS_IN_EMERGENCY: Final = ("press_conference_held", "obligation_fulfilled", "obligation_opened")
"""The press conference of the upper rules is held (DD-24); the next publication is owed (R348)."""

CLUE_SENT: Final = ("clue_signed", "clue_transferred", "paper_drafted")
"""The second signature sends it, by a letter."""
