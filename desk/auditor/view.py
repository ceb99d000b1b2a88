"""审计工作台: cases by risk, a sample, the gaps among numbers,
and one case with its verdict and notes, for readers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from audit.differences import AuditOutcome, CaseReport
from audit.printed_codes import code_verdict
from domain.terms.vocabulary import Marking, Stage
from storage.audit_notes import AuditNote
from storage.checkpoint_codes import NoCode
from storage.risks import Risk, RiskLine, Risks
from words.labels import word
from words.language import marked, say
from words.wording import MomentText, absolute, moment

RISK_WORDS: Final = {
    Risk.HISTORY_MISSING: marked("缺少历史"),
    Risk.HEALED: marked("经核对恢复"),
    Risk.BREACH: marked("超时"),
    Risk.REVERSAL: marked("超时后认定按时"),
    Risk.IRREGULAR: marked("不合规公布"),
    Risk.OWN_WORD: marked("仅据涉事单位自述"),
    Risk.LATE_REGISTRATION: marked("登记迟"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRisk:
    """A risk of a case, and how often where it is more than once."""

    name: str
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case with its risks and the number of own notes; `href` is its page at the auditor's desk."""

    href: str
    replay: str
    number: str
    title: str
    marking: Marking
    stage: str
    registered: MomentText
    risks: tuple[FoundRisk, ...]
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskChoice:
    """A risk to list cases of, how many bear it, and whether it is chosen."""

    name: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPage:
    """One page of cases by risk, the choices, the way to cases of every risk,
    and to the next page (or empty).
    """

    lines: tuple[CaseLine, ...]
    choices: tuple[RiskChoice, ...]
    cases: int
    every: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A case of a sample."""

    href: str
    number: str
    title: str
    marking: Marking


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample: of how many, by which seed, and the cases in their order."""

    seed: str
    first: str
    last: str
    population: int
    lines: tuple[SampleLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """A note, and the state of the case on which it was written."""

    person: str
    at: MomentText
    text: str
    number: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditorVerdict:
    """What the audit of one case came to: agrees, differs or unproven;
    what was looked at, each difference, what could not be, and notes.
    """

    outcome: AuditOutcome
    events: int
    runs: int
    differences: tuple[str, ...]
    unproven: tuple[str, ...]
    notes: tuple[str, ...]


def risk_page(
    risks: Risks,
    notes: Mapping[str, int],
    only: Risk | None,
    *,
    drill: bool,
    page: int,
    size: int,
    last_page: int,
) -> RiskPage:
    """The lines, and how many cases bear each risk; of drills all ways lead to drills."""
    narrowed = {"drill": "true"} if drill else {}
    chosen = {**narrowed, "risk": only.value} if only else narrowed
    has_more = len(risks.lines) > size and page < last_page
    return RiskPage(
        lines=tuple(_line(line, notes.get(line.incident_id, 0)) for line in risks.lines[:size]),
        choices=tuple(
            RiskChoice(
                name=say(RISK_WORDS[risk]),
                count=risks.counts[risk],
                href=f"/auditor?{urlencode({**narrowed, 'risk': risk.value})}",
                is_chosen=risk is only,
            )
            for risk in Risk
        ),
        cases=risks.cases,
        every=f"/auditor?{urlencode(narrowed)}" if narrowed else "/auditor",
        later=f"/auditor?{urlencode({**chosen, 'page': page + 1})}" if has_more else "",
    )


def case_href(incident_id: str) -> str:
    """Where a case stands at the auditor's desk."""
    return f"/auditor/{incident_id}"


def _line(line: RiskLine, notes: int) -> CaseLine:
    return CaseLine(
        href=case_href(line.incident_id),
        replay=f"/incidents/{line.incident_id}/replay",
        number=line.number,
        title=line.title,
        marking=line.marking,
        stage=word(Stage(line.stage)),
        registered=moment(line.registered_at),
        risks=risk_words(line.risks),
        notes=notes,
    )


def risk_words(risks: Mapping[Risk, int]) -> tuple[FoundRisk, ...]:
    """The risks of a case in the order in which they weigh."""
    return tuple(
        FoundRisk(name=say(RISK_WORDS[risk]), count=str(risks[risk]) if risks[risk] > 1 else "")
        for risk in Risk
        if risk in risks
    )


def sample_lines(cases: Iterable[tuple[str, tuple[str, str, Marking]]]) -> tuple[SampleLine, ...]:
    """The cases of a sample: id, and number, title and mark."""
    return tuple(
        SampleLine(href=case_href(incident_id), number=number, title=title, marking=marking)
        for incident_id, (number, title, marking) in cases
    )


def note_lines(notes: Sequence[AuditNote]) -> tuple[NoteLine, ...]:
    """The notes on a case, the latest first."""
    return tuple(
        NoteLine(
            person=note.person,
            at=moment(note.at),
            text=note.text,
            number=note.event_number,
            href=f"/incidents/{note.incident_id}/replay?at={note.event_number}",
        )
        for note in notes
    )


def verdict(report: CaseReport) -> AuditorVerdict:
    """What the audit says of one case; its own lines, which name event, field and both values,
    stay as they are.
    """
    return AuditorVerdict(
        outcome=report.outcome,
        events=report.events,
        runs=report.runs,
        differences=tuple(str(one) for one in report.differences),
        unproven=report.unproven,
        notes=report.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCodeView:
    """What became of the checkpoint whose code somebody typed, in words;
    `left` says with what the code left the house.
    """

    holds: bool
    verdict: str
    sentence: str
    left: tuple[str, ...] = ()


async def typed_code(session: AsyncSession, typed: str) -> PrintedCodeView | None:
    """What to say of a code that was typed; None where none was."""
    if not typed.strip():
        return None
    try:
        stood = await code_verdict(session, typed)
    except NoCode:
        sentence = say(
            "不是存证码，或抄错了一位：十二位数字和字母，没有 I、L、O，末位也可能是 *、~、$、= 之一。"
        )
        return PrintedCodeView(holds=False, verdict=say("读不出"), sentence=sentence)
    # Of what, and by whom, stands in the audit book, for who may read it.
    left = tuple(say("{time} 随一份取出的文件离开本系统", time=absolute(one.at)) for one in stood.left)
    if stood.at is None:
        sentence = say(
            "本系统没有这个存证点：这张纸出自别处，或者数据库恢复过更早的备份，或者记录被整个改写。"
            "请系统管理员查看恢复记录，并与外存的存证点核对。"
        )
        return PrintedCodeView(holds=False, verdict=say("没有"), sentence=sentence, left=left)
    if not stood.holds:
        sentence = say(
            "{time} 签署的存证点（{size} 片叶）与现在的记录不符：此前的记录被改过，请系统管理员逐条核验。",
            time=absolute(stood.at),
            size=stood.size,
        )
        return PrintedCodeView(holds=False, verdict=say("不符"), sentence=sentence, left=left)
    sentence = say(
        "存证日志仍以 {time} 签署的存证点（{size} 片叶）开头；各条记录是否如存证，请逐件核验。",
        time=absolute(stood.at),
        size=stood.size,
    )
    return PrintedCodeView(holds=True, verdict=say("相符"), sentence=sentence, left=left)
