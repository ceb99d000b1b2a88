"""What waits for a person, in words: the step to take, with the thing of the case that it is about."""

from typing import Final

from words.labels import label
from words.language import marked, say

WAITING: Final = {
    "review_draft": marked("审核：{what}"),
    "sign_issue": marked("签发{what}"),
    "approve_talking_points": marked("审定口径：{what}"),
    "sign_clue": marked("签批线索移交：{what}"),
    "confirm_duty_steps": marked("补审值班决定：{what}"),
    "decide_tolerance": marked("审定容错：{what}"),
    "review_late_evidence": marked("审核后补证据：{what}"),
    "draft_response": marked("修改退回或暂停的文稿：{what}"),
    "publish": marked("公布：{what}"),
    "countersign": marked("会签：{what}"),
    "complete_task": marked("完成会商任务：{what}"),
    "acknowledge_clue": marked("登记线索回执：{what}"),
    "clear_personal_data": marked("核对个人信息：{what}"),
    "clear_discrepancies": marked("核对出入：{what}"),
}


def waiting_words(command: str, what: str) -> str:
    """What is to be done: the step's name, or with `what` a sentence about the thing."""
    return say(WAITING[command], what=what) if what else label("commands", command).here
