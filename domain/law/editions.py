"""What each edition of the rules does otherwise than the one before:
every difference a switch with its edition, its sentence and its source.

A case keeps the edition that it began with (decision 0007). Nothing but this table compares editions:
a rule asks its law whether it has the switch, `incident.law.has(Switch.TIMELINES)`.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final

SECOND_EDITION: Final = 2  # the rules of the second release; a case of the first keeps those it began with
THIRD_EDITION: Final = 3  # a case holds what its rules ask for, however much comes in
NEWEST: Final = THIRD_EDITION  # what new cases freeze


class Switch(Enum):
    """A difference: since which edition, what it says, and the requirement or decision that it comes from."""

    # The second edition.
    DOCUMENTED_TEXTS = (2, "a text rests on evidence when it is reviewed and published", "R101")
    LOCKED_VERDICT = (2, "a published verdict binds what is concluded later", "R343, DD-15")
    CONFLICTING_CLAIMS = (2, "claims of units are compared and contradictions are kept", "R208")
    READER = (2, "a draft is read for personal data", "R322")
    COORDINATION = (2, "the rules name who coordinates and propose consultations", "R330, R382, DD-21")
    CONFLICT_MOVES_POWERS = (2, "an office that is the subject gives its powers away", "R204, DD-21")
    OVERLAY_NOT_SCORED = (2, "binding limits of the upper rules score by points of their own alone", "DD-24")
    OVERLAY_MET_LATER = (2, "an advisory limit met in time and registered later is met", "DD-03, DD-12")
    OVERLAY_PASSES_QUIETLY = (2, "nobody is told that an advisory limit passed", "DD-24")
    EVIDENCE_AFTER_THE_ANSWER = (2, "a timely text registered after a late answer is evidence", "DD-12")
    ALARMS = (2, "the clock gives alarms, and coordinators hear of unsigned orders", "R108")
    CONCERNS_IN_WORDS = (2, "a concern is answered by a paragraph with words in it", "R006, R362")
    OUTSIDE_VERIFIER = (2, "no verifier is the only one to verify its own doing", "DD-21")

    # The third edition.
    ROOM = (3, "a case takes so many of a kind, and no more", "decision 0026")
    BOUNDED = (3, "a case holds what its rules ask for, and counts the rest", "decision 0024")
    TIMELINES = (3, "what carries its instant is judged as the case stood then", "decision 0043")
    AS_RECORDED = (
        3,
        "what is registered later counts from then, and in the order in which it happened",
        "DD-12, DD-29",
    )
    EACH_EMERGENCY_APART = (
        3,
        "what answered in an earlier emergency counts no more in the next",
        "DD-14, DD-29",
    )
    PROOF_BY_ADDRESS = (3, "a proof may be an address alone", "decision 0051")
    ENDED_IS_QUIET = (3, "no clock runs for what is void, merged or not ours", "DD-16, DD-44")
    CLOCK_LOOKS_AT_ALL = (3, "the clock is asked anew whatever changed in the case", "decision 0043")
    POWERS_APART = (3, "each power moves on its own conflict alone", "decision 0052")
    SENT_ONWARD = (3, "what is not ours is sent on to where it belongs", "DD-44")
    SAME_POST = (3, "the same post is kept once, by its address", "decision 0041")
    BY_ROTA = (3, "the duty officer decides at once and for the time being", "decision 0092")
    READ_ANEW = (3, "names, numbers, addresses and facts are read by the later reader", "decision 0044")
    VALUES_BY_SENSE = (3, "values agree by what they say", "decision 0049")
    WENT_OUT = (3, "what went out is recorded, permitted or not", "decision 0045")
    COUNTS = (3, "counts are asked for, and cooling rests on one after the answer", "DD-18, DD-34")
    GRADE_ASKED = (3, "a judgement of K4 states the grade of the emergency, or why there is none", "R114")
    COUNTERSIGN = (3, "a first review asks for one countersign", "decision 0056")
    ONE_SUBJECT = (3, "a clue is one act of one subject, who may be named", "decision 0059")
    CONFIRMED_ON_THE_GROUND = (3, "a final review names who confirmed what is done", "R383")
    TASKS_REMINDED = (3, "tasks of a consultation are reminded of", "R382")
    SKEW = (3, "a few seconds ahead are now", "DD-38")
    LEADERS_ASK = (3, "a unit hears that its principal leader is to ask for himself", "R401")
    WORKDAYS_ANEW = (3, "a re-base counts limits in working days again", "decision 0058")
    SOURCES_APART = (3, "a source alone is no channel of publication", "DD-32")
    SPOKEN_FOR = (3, "a responsible unit speaks for itself, and beside itself for others", "DD-14, DD-31")
    PRESS = (3, "what the press was told is a text that went out", "decision 0055")
    RETURNED_IN_TIME = (3, "an order returned in time counts as answered", "R201")
    PRIVACY_MENDS = (3, "personal data is answered for in a mending text too", "DD-13, DD-15")
    OWN_WORD = (3, "a conclusion on one's own doing is marked", "DD-21")
    PAPER_NUMBERS = (3, "papers are numbered", "decision 0111")
    ARCHIVED_ON_A_WORKDAY = (3, "no file is closed by itself on a day off", "DD-28")
    ONE_SPOKESPERSON = (3, "one spokesperson speaks for a case", "R385")
    JOINT_TASK = (3, "a superior's notice gives 市网信办 a task and asks for counts at once", "R310")
    STEP_KEYS = (3, "a step that came by the web has a key", "decision 0042")

    def __init__(self, since: int, says: str, source: str) -> None:
        self.since = since
        self.says = says
        self.source = source

    def is_on(self, edition: int) -> bool:
        """Whether an edition of the rules, or of their reader, does it so."""
        return edition >= self.since

    def begins(self, before: int, after: int) -> bool:
        """Whether a case that goes from one edition to another comes under it thereby."""
        return before < self.since <= after


def latest(versions: Iterable[int], edition: int) -> int:
    """The last of the versions that an edition knows; 0 where it knows none."""
    return max((version for version in versions if version <= edition), default=0)
