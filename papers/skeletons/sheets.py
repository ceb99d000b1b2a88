"""The sheet of a paper: its letter by its kind, with what stands around it;
in Chinese, whatever language the page speaks.
"""

from collections.abc import Callable
from typing import Final

from domain.case.records import Draft, PaperStatus
from domain.terms.vocabulary import PaperKind
from domain.terms.workdays import SHANGHAI
from papers.forms import forms_of
from papers.sheet import PaperForm, Sheet
from papers.skeletons import orders, publicity, reports
from papers.skeletons.letter import BLANK, Ground, Letter
from words.labels import label_of
from words.language import Language, speaking

_LETTERS: Final[dict[PaperKind, Callable[[Ground], Letter]]] = {
    PaperKind.FLASH_REPORT: reports.flash,
    PaperKind.SPECIAL_REPORT: reports.analysis,
    PaperKind.DEEP_REPORT: reports.analysis,
    PaperKind.VERIFICATION_SLIP: orders.verification,
    PaperKind.OPINION_HINT: orders.hint,
    PaperKind.ASSIGNMENT_ORDER: orders.assignment,
    PaperKind.SUPERVISION_ORDER: orders.supervision,
    PaperKind.CIRCULATED_CRITICISM: orders.criticism,
    PaperKind.ADMONITORY_TALK: orders.talk,
    PaperKind.TALK_MINUTES: orders.talk_minutes,
    PaperKind.INTERIM_RESPONSE: publicity.notice,
    PaperKind.SITUATION_NOTICE: publicity.notice,
    PaperKind.POLICY_EXPLAINER: publicity.notice,
    PaperKind.SITUATION_REPORT: reports.situation,
    PaperKind.SUPERIOR_FEEDBACK: reports.feedback,
    PaperKind.MINUTES: publicity.minutes,
    PaperKind.RESPONSE_PLAN: publicity.plan,
    PaperKind.TALKING_POINTS: publicity.talking_points,
    PaperKind.CLUE_TRANSFER: publicity.clue,
    PaperKind.COMMENDATION: reports.commendation,
    PaperKind.ACCOUNTABILITY_FILE: reports.accountability,
}


_OVER: Final = {
    PaperStatus.VOID: "（已作废）",
    PaperStatus.DECLINED: "（不予签发）",
}  # on the sheet itself, which goes about alone


def sheet_of(ground: Ground, *, number: str | None, code: str) -> Sheet:
    """The sheet of a paper under its number, None while it waits for one;
    `code` is that of the sealed log.
    """
    with speaking(Language.CHINESE):
        return _sheet(ground, _LETTERS[ground.paper.kind](ground), number, code)


def draft_sheet(ground: Ground, draft: Draft) -> Sheet:
    """The sheet that a text will be once it is published: without number and date."""
    with speaking(Language.CHINESE):
        return _sheet(ground, publicity.of_draft(ground, draft), "", "")


def _sheet(ground: Ground, letter: Letter, number: str | None, code: str) -> Sheet:
    kind, forms = ground.paper.kind, forms_of(ground.incident.law.regulation)
    signed_at = ground.paper.signed_at
    issuer = "、".join(forms.issuer(name) for name in letter.signature.split("、"))
    return Sheet(
        form=forms.forms[kind],
        head=forms.head(kind, issuer, label_of(kind).zh),
        title=letter.title + _OVER.get(ground.paper.status, ""),
        number=number,
        urgency=letter.urgency,
        signer=BLANK if forms.forms[kind] is PaperForm.UPWARD else "",
        addressee=letter.addressee,
        body=letter.body,
        rows=letter.rows,
        attachments=letter.attachments,
        signature=issuer,
        dated=None if signed_at is None else signed_at.astimezone(SHANGHAI).date(),
        note=letter.note,
        copies=letter.copies,
        code=code,
        is_drill=ground.incident.drill is not None,
    )
