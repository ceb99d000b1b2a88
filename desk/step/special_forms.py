"""What the form of a command has beside its fields: one row for each command whose class does not say all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from desk.step.panels import (
    clue,
    consultation,
    drafting,
    ending,
    judging,
    ladder,
    responsibility,
    review,
    superior,
)
from desk.step.panels.panel import StepContext, StepPanel
from words.language import marked, say


def _nothing(_: StepContext) -> StepPanel:
    return StepPanel()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialForm:
    """How the form of one command goes beyond its fields.

    `aid` makes what helps beside them, and reads of the record the events of the kinds `reads`; `consequence`
    says by the button what a step that cannot be undone will do. Of a step that `is_written`, a response,
    finding, report, order or minutes, what is typed is kept on the server (decision 0102). With
    `has_own_channels` the channels to choose from are those of the unit that publishes.
    """

    aid: Callable[[StepContext], StepPanel] = _nothing
    reads: tuple[str, ...] = ()
    is_written: bool = False
    has_own_channels: bool = False
    consequence: str = ""

    @property
    def shows_texts(self) -> bool:
        """Whether texts are read beside it, with their proofs and the files of the case."""
        return self.aid.__module__ == review.__name__

    @property
    def warning(self) -> str:
        """What the step will do, in the language of who reads; empty where it can be done over."""
        return say(self.consequence) if self.consequence else ""


PLAIN: Final = SpecialForm()
SPECIAL_FORMS: Final[Mapping[str, SpecialForm]] = {
    "answer_verification": SpecialForm(is_written=True),
    "conclude": SpecialForm(is_written=True),
    "judge": SpecialForm(
        aid=judging.judging,
        consequence=marked("提交后即按所选等级和类别计时，各单位可见；以后要改须“重新研判”并写理由。"),
    ),
    "rejudge": SpecialForm(aid=judging.judging),
    "assign": SpecialForm(
        aid=responsibility.responsibility,
        consequence=marked("提交后交办单即发给所选单位，签收和回应时限开始计算。"),
    ),
    "reassign": SpecialForm(
        aid=responsibility.responsibility,
        reads=("returned_back",),
        consequence=marked("提交后原单位的任务转给新的单位，到期时间不变。"),
    ),
    "designate_lead": SpecialForm(aid=responsibility.leading),
    "draft_response": SpecialForm(aid=drafting.drafting, is_written=True),
    "review_draft": SpecialForm(
        aid=review.review, consequence=marked("同意或退回都会记入审核记录，不能更改。")
    ),
    "approve_talking_points": SpecialForm(
        aid=consultation.agreeing, consequence=marked("提交后口径立即生效，与口径不符的文稿不能公布。")
    ),
    "clear_personal_data": SpecialForm(aid=review.cleared),
    "clear_discrepancies": SpecialForm(aid=review.cleared),
    "countersign": SpecialForm(aid=review.cleared),
    "publish": SpecialForm(
        aid=review.publication,
        has_own_channels=True,
        consequence=marked(
            "登记的是已经在平台上公布的内容；提交后时限据此判定，不能删除，有误只能撤回或更正。"
        ),
    ),
    "hold_press_conference": SpecialForm(is_written=True),
    "end_emergency_response": SpecialForm(consequence=marked("提交后不再要求持续发布。")),
    "withdraw_publication": SpecialForm(
        consequence=marked("撤回后这次公布不再计入，两小时内须有替代的公布；原文留存。")
    ),
    "report_up": SpecialForm(is_written=True),
    "receive_superior_notice": SpecialForm(aid=superior.receiving),
    "issue_hint": SpecialForm(
        aid=superior.forwarding,
        is_written=True,
        consequence=marked("提交后提示单即发给所选单位，签收时限开始计算。"),
    ),
    "give_superior_feedback": SpecialForm(
        aid=superior.answering, is_written=True, consequence=marked("提交后记为已向上级反馈，不能收回。")
    ),
    "hold_consultation": SpecialForm(aid=consultation.consulting, is_written=True),
    "complete_task": SpecialForm(aid=consultation.tasks),
    "plan_response": SpecialForm(aid=consultation.planning),
    "submit_analysis": SpecialForm(is_written=True),
    "propose_clue": SpecialForm(
        aid=clue.proposing, is_written=True, consequence=marked("提交后等待两位负责同志签批，签满即移交。")
    ),
    "sign_clue": SpecialForm(
        aid=clue.signing, consequence=marked("您的签名不能撤回；签满两人，线索立即移交。")
    ),
    "decline_clue": SpecialForm(aid=clue.declining, consequence=marked("提交后这件线索不再移交，记录留存。")),
    "acknowledge_clue": SpecialForm(aid=clue.receipt),
    "report_clue_result": SpecialForm(aid=clue.receipt),
    "void_registration": SpecialForm(consequence=marked("撤销后本件不再办理，已有的记录和超时都保留。")),
    "send_on": SpecialForm(
        consequence=marked("提交后本件不再办理，不计办结，未到期的时限随之取消；已有的记录和超时都保留。")
    ),
    "merge_into": SpecialForm(consequence=marked("并入后本件不再单独办理，在所选的事件里继续；记录都保留。")),
    "sign_issue": SpecialForm(aid=ladder.signing, consequence=marked("签发后文书立即生效并送达，不能收回。")),
    "decline_paper": SpecialForm(
        aid=ladder.declining, consequence=marked("不予签发后这份文稿留存备查，不再待签。")
    ),
    "submit_rectification": SpecialForm(aid=ladder.ladder, is_written=True),
    "hold_talk": SpecialForm(aid=ladder.talk, is_written=True),
    "correct_clock_start": SpecialForm(
        consequence=marked("提交后各项时限按更正的时间重算，两个时间都留存。")
    ),
    "rebase": SpecialForm(consequence=marked("提交后本件改按现行规定办理，未到期的时限随之重算。")),
    "hand_over_file": SpecialForm(consequence=marked("提交后材料即移送有关机关，不能收回。")),
    "instruct": SpecialForm(aid=ladder.instructing),
    "issue_supervision": SpecialForm(
        aid=ladder.supervising,
        is_written=True,
        consequence=marked("提交后督办单立即生效并送达，整改时限开始计算。"),
    ),
    "record_retrospective": SpecialForm(is_written=True),
    "close": SpecialForm(
        aid=ending.closing, consequence=marked("办结后不再办理，未完成的任务随之取消；超时记录保留。")
    ),
    "archive": SpecialForm(consequence=marked("归档后本件封存，任何人不能再办理；再有情况须另行登记。")),
}
RECORDS: Final = 60  # decisions of the record that an aid reads at most


def special_form(kind: str) -> SpecialForm:
    """What the form of a command has beside its fields."""
    return SPECIAL_FORMS.get(kind, PLAIN)
