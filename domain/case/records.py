"""The records of a case: sources, concerns, verifications, drafts, publications, papers, reports."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from domain.case.reads import ReadCount
from domain.law.editions import Switch
from domain.terms.addresses import foreign, name_of
from domain.terms.free_texts import FreeText, PublicText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from domain.terms.vocabulary import (
    ONE_HOUSE,
    Audience,
    Credibility,
    FactConclusion,
    Marking,
    PaperKind,
    Platform,
    PlatformCode,
    PublicationForm,
    ReviewStage,
    Rule,
    VerificationAnswer,
    WarningLevel,
)

_EDGE = {"extra": "forbid"}
_HEX = frozenset("0123456789abcdef")
_SHA256_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A proof: where it lies, and the SHA-256 of what was seen there (64 hexadecimal digits),
    blank for an address alone.

    What is held here bears the digest of a file of the case;
    an address with another digest is held elsewhere.
    """

    __pydantic_config__ = _EDGE

    url: str
    sha256: str = ""
    note: FreeText = ""


def check_proofs(evidence: tuple[Evidence, ...], edition: int) -> None:
    """Refuses a proof without address, or with what is no SHA-256; before the third edition one of each."""
    for item in evidence:
        is_address_alone = Switch.PROOF_BY_ADDRESS.is_on(edition) and not item.sha256
        if not item.url.strip() or not (is_address_alone or _is_sha256(item.sha256)):
            raise Refused(Reason.EVIDENCE_MISSING, "evidence.sha256")


def check_evidence(evidence: tuple[Evidence, ...], edition: int) -> None:
    """Refuses a deed without proof, or with one that proves nothing."""
    if not evidence:
        raise Refused(Reason.EVIDENCE_MISSING, "evidence")
    check_proofs(evidence, edition)


def check_seen(evidence: tuple[Evidence, ...], edition: int) -> None:
    """Refuses a public word whose proof is an address alone:
    what stood there then could be something else today.
    """
    check_evidence(evidence, edition)
    if not any(item.sha256 for item in evidence):
        raise Refused(Reason.ADDRESS_ALONE, "evidence")


def _is_sha256(text: str) -> bool:
    return len(text) == _SHA256_LENGTH and set(text) <= _HEX


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An intake item: where the public, a superior or a unit spoke, and when it was posted or received.

    `foreign_id` is the number that another house gave it, such as that of an order of the hotline;
    `credibility` is how far whoever took it in believes it (R324).
    """

    __pydantic_config__ = _EDGE

    at: datetime
    platform: PlatformCode
    gist: PublicText
    url: str = ""
    foreign_id: str = ""
    credibility: Credibility | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """By what the item is known again: the one form of its address, and its foreign number (DD-42).

        The numbers of several superiors, papers or sites may be alike:
        only a platform of one house names an item by them.
        """
        return _names(self.platform, self.url, self.foreign_id)


# The items of a case are compared with each that comes in.
@lru_cache(maxsize=4096)
def _names(platform: str, url: str, foreign_id: str) -> tuple[str, ...]:
    number = foreign(platform, foreign_id) if platform in ONE_HOUSE else ""
    return tuple(name for name in (name_of(url), number) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """What the public asks (R006, R104), numbered within the incident."""

    number: int
    text: PublicText
    audience: Audience = Audience.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernAnswer:
    """Which concern a draft answers, and the paragraph that does (R362)."""

    __pydantic_config__ = _EDGE

    concern: int
    paragraph: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One checkable statement of a draft: its subject, what kind of fact (number, date, name, conclusion),
    and the value (R208).

    Only claims of one subject and one kind are compared.
    """

    __pydantic_config__ = _EDGE

    subject: str
    type: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interim:
    """What an interim response must state to count (DD-07): what is verified, by whom, what comes next."""

    __pydantic_config__ = _EDGE

    verifying: FreeText
    verifying_by: str
    next_update_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One request to one peer; no answer by the due instant reads 未反馈 (DD-25)."""

    peer: str
    cause: str
    asked_at: datetime
    answered_at: datetime | None = None
    answer: VerificationAnswer | None = None
    result: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The conclusion on the facts, who reached it and on what evidence (R343).

    `own_word` is set by the rules: it rests on the word of accountable units alone (DD-21).
    `approver` is who approved it (R343).
    """

    at: datetime
    value: FactConclusion
    finding: FreeText
    evidence: tuple[Evidence, ...]
    own_word: bool = False
    approver: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDecision:
    """A warning level as decided by a person."""

    at: datetime
    level: WarningLevel
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who answers, by which rule, and the round of assigning (1 the first, more after re-assignment)."""

    at: datetime
    round: int
    rule: Rule | None
    first: tuple[str, ...]
    also: tuple[str, ...]
    reason: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One of the three reviews of a draft; the final reviewer answers for secrecy,
    or names who looked after it (DD-40), and may say who confirmed the handling (R383).
    """

    at: datetime
    stage: ReviewStage
    approved: bool
    by: Actor
    comment: FreeText = ""
    secrecy_reviewer: str = ""
    handling_confirmed_by: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Countersigning:
    """The countersign of an office on a draft, or its word against it (DD-40)."""

    at: datetime
    unit: str
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text for publication in three blocks, with what it states and answers (R005).

    `updates` and `corrects` name the publications whose statements it brings up to date or whose
    errors it mends. `audience` is to whom it speaks (R366).
    """

    id: str
    unit: str
    drafted_at: datetime
    drafted_by: Actor
    form: PublicationForm
    title: str
    facts: FreeText
    measures: FreeText
    result: FreeText
    clarification: FreeText = ""
    interim: Interim | None = None
    answers: tuple[ConcernAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    co_issuers: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    countersign: Countersigning | None = None
    audience: Audience = Audience.PUBLIC

    @property
    def returned(self) -> bool:
        """Whether a review sent the draft back."""
        return any(not review.approved for review in self.reviews)

    @property
    def approved(self) -> frozenset[ReviewStage]:
        """The reviews that approved it."""
        return frozenset(review.stage for review in self.reviews if review.approved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A publication passed on by another unit; `authorised` by the responsible unit or not (R365)."""

    at: datetime
    unit: str
    channels: tuple[PlatformCode, ...]
    authorised: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What was published: the draft, where and when in the world, when it was recorded, and the proof.

    `conclusion` is the one in force when it was recorded; `gives_result` marks the result publication (R345).
    One that went out by the fast lane says until when its second review is to be made up. One that could not
    have gone out names each rule that it broke (`irregular`), why it did, and whether its form `counts` all
    the same (DD-30). `not_countersigned` marks one that went out without the countersign it was to have
    (DD-40). A publication is never deleted: it may be withdrawn (DD-13), and `superseded_by` names those that
    corrected it (DD-15).
    """

    id: str
    draft: str
    unit: str
    form: PublicationForm
    published_at: datetime
    received_at: datetime
    channels: tuple[PlatformCode, ...]
    evidence: tuple[Evidence, ...]
    co_issuers: tuple[str, ...]
    gives_result: bool
    conclusion: FactConclusion | None = None
    fast_lane: bool = False
    second_review_due_at: datetime | None = None
    relays: tuple[Relay, ...] = ()
    withdrawn_at: datetime | None = None
    superseded_by: tuple[str, ...] = ()
    irregular: tuple[Reason, ...] = ()
    went_out_anyway: FreeText = ""
    counts: bool = True
    not_countersigned: bool = False
    reads: tuple[ReadCount, ...] = ()

    @property
    def is_spoken(self) -> bool:
        """Whether it was said at a press conference and nowhere else (DD-31)."""
        return self.channels == (Platform.PRESS_CONFERENCE,)

    @property
    def issuers(self) -> tuple[str, ...]:
        """The units whose publication it is: its own, and each co-issuer that the text names (DD-14)."""
        return tuple(dict.fromkeys((self.unit, *self.co_issuers)))

    @property
    def answers_for(self) -> tuple[str, ...]:
        """The units whose obligations it may meet; one gone out unreviewed binds its own (DD-14, DD-30)."""
        return (self.unit,) if Reason.REVIEW_INCOMPLETE in self.irregular else self.issuers


class PaperStatus(StrEnum):
    """A paper that the clock drafted takes effect only when a person signs it (R443)."""

    DRAFTED = "drafted"
    ISSUED = "issued"
    DECLINED = "declined"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperMarking:
    """The mark of one paper, where it has one of its own."""

    paper: str
    marking: Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper of the case: to whom, why (`cause`: an obligation or a record), from which clause,
    and its signature.
    """

    id: str
    kind: PaperKind
    unit: str
    cause: str
    clause: str
    drafted_at: datetime
    status: PaperStatus
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationReport:
    """A report upward: from, to, when (R342)."""

    at: datetime
    unit: str
    to: str
    text: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """The offline track (R123): what was done on the ground, or why nothing is needed."""

    at: datetime
    unit: str
    text: FreeText
    needed: bool
