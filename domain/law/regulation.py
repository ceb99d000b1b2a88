"""The law that is frozen into each case: limits, thresholds, ladder, scores, units and calendar, as data."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from weakref import WeakValueDictionary

from domain.law.articles import Articles, clause_of
from domain.law.editions import Switch
from domain.law.hearing_table import BEFORE_THE_TABLE, HearingTable
from domain.law.platforms import BEFORE_THE_REGISTER, PlatformEntry
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import (
    ClockStart,
    EmergencyGrade,
    KeyCategory,
    MediaTier,
    ObligationKind,
    PaperKind,
    ResponseClass,
    WarningLevel,
)
from domain.terms.workdays import WorkCalendar


class UnitKind(StrEnum):
    """Types of units (R002); the first four are alike in the rules."""

    TOWNSHIP = "township"
    SUBDISTRICT = "subdistrict"
    RECLAMATION_FARM = "reclamation_farm"
    PARK = "park"
    DEPARTMENT = "department"
    SUPERIOR_ORGAN = "superior_organ"
    OTHER = "other"


TOWNSHIP_KINDS = frozenset(
    {UnitKind.TOWNSHIP, UnitKind.SUBDISTRICT, UnitKind.RECLAMATION_FARM, UnitKind.PARK}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit as the case knows it: stable code, name, type, and the topics its duty covers (R002, R403).

    One managed from above (垂直管理) is marked so; `parent` is the code of the unit it belongs to,
    where there is one.
    """

    code: str
    name: str
    type: UnitKind
    duties: tuple[str, ...] = ()
    vertical_managed: bool = False
    parent: str = ""

    @property
    def is_township_unit(self) -> bool:
        """Whether the unit is one of the four township-level types (乡镇、街道、垦殖场、园区)."""
        return self.type in TOWNSHIP_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Time limits. All are natural time (DD-04) save `rectify_workdays`.

    Two are the emergency lane's (`practice.md` 3.3): it is open with less than `fast_lane_left` to go, and
    the second review is made up within `second_review` of publication. After `no_reply` without one, a lead
    is suggested (R210). A count is asked for each `count_urgent` or `count_plain` (DD-34).
    """

    h24: timedelta
    h48: timedelta
    reclassified: timedelta
    forward: timedelta
    sign_h24: timedelta
    sign_h48: timedelta
    verify_h24: timedelta
    verify_h48: timedelta
    report_up: timedelta
    follow_up_max: timedelta
    continuous_gap: timedelta
    internal_target: timedelta
    late_evidence: timedelta
    replacement: timedelta
    correction: timedelta
    rectify_workdays: int
    archive_after: timedelta
    heat_window: timedelta
    heat_percent: int
    fast_lane_left: timedelta = timedelta(hours=2)
    second_review: timedelta = timedelta(hours=2)
    no_reply: timedelta = timedelta(hours=2)
    retrospective_workdays: int = 10
    countersign_h24: timedelta | None = None
    countersign_h48: timedelta | None = None
    count_urgent: timedelta = timedelta(minutes=30)
    count_plain: timedelta = timedelta(hours=2)

    def statutory(self, response_class: ResponseClass) -> timedelta:
        """The limit for an external answer in a class (三(三)#4)."""
        return self.h24 if response_class is ResponseClass.H24 else self.h48

    def sign(self, response_class: ResponseClass) -> timedelta:
        """The limit to sign for an order, by the class at the instant of asking."""
        return self.sign_h24 if response_class is ResponseClass.H24 else self.sign_h48

    def verify(self, response_class: ResponseClass) -> timedelta:
        """The limit to answer a verification request, by the class at the instant of asking (R304)."""
        return self.verify_h24 if response_class is ResponseClass.H24 else self.verify_h48

    def countersign(self, response_class: ResponseClass) -> timedelta | None:
        """The limit to countersign a text, by the class at the instant of asking (DD-40);
        a law that names none asks for none.
        """
        return self.countersign_h24 if response_class is ResponseClass.H24 else self.countersign_h48


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelThreshold:
    """Triggers of a warning level (R321): each alone suffices (counts: >=; media: any pickup in a tier)."""

    level: WarningLevel
    score: int  # weighted factor score in hundredths, 100 to 500
    reads: int | None = None
    comments: int | None = None
    media: tuple[MediaTier, ...] = ()
    accountable_units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingProfile:
    """What a unit judges by (R321): words to look out for, the scope in a sentence,
    and its own rows of thresholds.

    A row stands in place of the city's row of its level;
    of levels that it does not name the city's rows hold.
    """

    unit: str
    keywords: tuple[str, ...] = ()
    scope: str = ""
    thresholds: tuple[LevelThreshold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A key category or an emergency grade below whose level no judgement may go (DD-23)."""

    level: WarningLevel
    category: KeyCategory | None = None
    grade: EmergencyGrade | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorWeights:
    """Weights of the four factors in percent (R323)."""

    nature: int
    intensity: int
    public_reaction: int
    media_involvement: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder after a breach: what is drafted, and how long after the due instant."""

    after: timedelta
    paper: PaperKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """When an alarm is given (R108): so long after registration without assignment,
    at such a share of a silent clock.
    """

    unassigned_after: timedelta | None = None
    silent_percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Reminders before the due instant, alarms, and the ladder with its cards after it (R103,
    R108, R443, R445).
    """

    reminder_percents: tuple[int, ...]
    reminded: tuple[ObligationKind, ...]
    laddered: tuple[ObligationKind, ...]
    rungs: tuple[Rung, ...]
    after_failed_rectification: PaperKind
    alarms: Alarms = Alarms()
    red_card_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayLimit:
    """A limit of the upper rules, counted from occurrence (DD-24);
    `clause` names the very sentence, where it is known.
    """

    kind: ObligationKind
    limit: timedelta
    from_grade: EmergencyGrade
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The upper rules laid over the case: advisory unless `mandatory` (DD-24)."""

    mandatory: bool
    limits: tuple[OverlayLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Points of the appraisal table (`practice.md` 3.6); deductions are negative.

    `overlay_missed` is 0 unless a law wants binding limits of the upper rules scored;
    they are no statutory breach.
    """

    base: float
    sign_late: float
    verify_late: float
    breach_48h: float
    breach_24h: float
    each_further_full_24h_overdue: float
    further_days_max: float
    superior_feedback_late: float
    rectify_late: float
    missed_continuous_update: float
    follow_up_missed: float
    contradiction: float
    correction_late: float
    self_discovered: float = 0
    self_discovered_max: float = 0  # of a unit in a year: for the sum over cases, no case knows the others
    model_response: float = 0
    overlay_missed: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """Codes of the units that the text names (三(一), 二)."""

    office: str
    cyberspace_office: str
    publicity_department: str
    public_security: str
    media_center: str
    verification_peers: tuple[str, ...]
    cyber_police: str = ""
    discipline: str = ""
    deputy_mayor: str = ""
    mayor: str = ""
    accountability_organs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Law:
    """One regulation with its parameters, units and calendar, as frozen into a case at registration.

    `edition` is the edition of the rules' code the case runs under; `digest` is the SHA-256 of the canonical
    text of all else, given by whoever loads the law. `articles` say by which clause it says what the rules
    cite; `larger_impact_comments` are those from which K2 has its impact (R112). `department_before_place`
    puts an accountable department before the one place involved (R203 puts the place first).
    """

    regulation: str
    version: str
    title: str
    edition: int
    digest: str
    h24_grades: tuple[EmergencyGrade, ...]
    clock_start: ClockStart
    interim_counts: bool
    limits: Limits
    thresholds: tuple[LevelThreshold, ...]
    floors: tuple[Floor, ...]
    weights: FactorWeights
    escalation: Escalation
    overlay: Overlay
    scores: Scores
    offices: Offices
    units: tuple[Unit, ...]
    calendar: WorkCalendar
    articles: Articles = ()
    department_before_place: bool = False
    platforms: tuple[PlatformEntry, ...] = ()
    larger_impact_comments: int = 100
    hearing: HearingTable = BEFORE_THE_TABLE
    profiles: tuple[JudgingProfile, ...] = ()

    def profile(self, unit: str) -> JudgingProfile | None:
        """What a unit judges by; None where it has the city's standards (R321)."""
        return next((profile for profile in self.profiles if profile.unit == unit), None)

    def clause(self, cited: str) -> str:
        """The clause by which this law says what the rules cite (an article); empty where it is silent."""
        return clause_of(cited, self.articles)

    def has(self, switch: Switch) -> bool:
        """Whether the rules do it so by the edition of this law (decision 0138)."""
        return switch.is_on(self.edition)

    def knows(self, code: str) -> bool:
        """Whether there is a unit with that code."""
        return any(unit.code == code for unit in self.units)

    @property
    def own_hearing(self) -> HearingTable | None:
        """Whom notices reach where it is not as in laws that were frozen before it was data (DD-33);
        None where it is.
        """
        return None if self.hearing == BEFORE_THE_TABLE else self.hearing

    @property
    def register(self) -> tuple[PlatformEntry, ...]:
        """Platforms and channels; a law that was frozen before they were data has those
        of the program (DD-32).
        """
        return self.platforms or BEFORE_THE_REGISTER

    def platform(self, code: str) -> PlatformEntry:
        """The platform or channel with that code; refuses an unknown one."""
        for entry in self.register:
            if entry.code == code:
                return entry
        raise Refused(Reason.UNKNOWN_PLATFORM, code)

    def unit(self, code: str) -> Unit:
        """The unit with that code; refuses an unknown one."""
        for unit in self.units:
            if unit.code == code:
                return unit
        raise Refused(Reason.UNKNOWN_UNIT, code)


_LAWS: WeakValueDictionary[tuple[str, int], Law] = WeakValueDictionary()


def shared(law: Law) -> Law:
    """The one copy in memory of an equal law, so that thousands of open cases hold it once.

    Equal is what is compared, not the digest that it bears:
    a law that somebody changed under its digest stays what it is, and nobody else's becomes it.
    """
    known = _LAWS.setdefault((law.digest, law.edition), law)
    return known if known == law else law
