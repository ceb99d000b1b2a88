"""What a step that cannot be undone will do, in one sentence beside its button."""

from typing import Final

from words.language import marked, say

_CONSEQUENCES: Final = {
    "judge": marked("提交后即按所选等级和类别计时，各单位可见；以后要改须“重新研判”并写理由。"),
    "assign": marked("提交后交办单即发给所选单位，签收和回应时限开始计算。"),
    "reassign": marked("提交后原单位的任务转给新的单位，到期时间不变。"),
    "review_draft": marked("同意或退回都会记入审核记录，不能更改。"),
    "publish": marked("登记的是已经在平台上公布的内容；提交后时限据此判定，不能删除，有误只能撤回或更正。"),
    "withdraw_publication": marked("撤回后这次公布不再计入，两小时内须有替代的公布；原文留存。"),
    "sign_issue": marked("签发后文书立即生效并送达，不能收回。"),
    "decline_paper": marked("不予签发后这份文稿留存备查，不再待签。"),
    "issue_supervision": marked("提交后督办单立即生效并送达，整改时限开始计算。"),
    "approve_talking_points": marked("提交后口径立即生效，与口径不符的文稿不能公布。"),
    "issue_hint": marked("提交后提示单即发给所选单位，签收时限开始计算。"),
    "give_superior_feedback": marked("提交后记为已向上级反馈，不能收回。"),
    "propose_clue": marked("提交后等待两位负责同志签批，签满即移交。"),
    "sign_clue": marked("您的签名不能撤回；签满两人，线索立即移交。"),
    "decline_clue": marked("提交后这件线索不再移交，记录留存。"),
    "hand_over_file": marked("提交后材料即移送有关机关，不能收回。"),
    "close": marked("办结后不再办理，未完成的任务随之取消；超时记录保留。"),
    "archive": marked("归档后本件封存，任何人不能再办理；再有情况须另行登记。"),
    "void_registration": marked("撤销后本件不再办理，已有的记录和超时都保留。"),
    "send_on": marked("提交后本件不再办理，不计办结，未到期的时限随之取消；已有的记录和超时都保留。"),
    "merge_into": marked("并入后本件不再单独办理，在所选的事件里继续；记录都保留。"),
    "rebase": marked("提交后本件改按现行规定办理，未到期的时限随之重算。"),
    "correct_clock_start": marked("提交后各项时限按更正的时间重算，两个时间都留存。"),
    "end_emergency_response": marked("提交后不再要求持续发布。"),
}


def consequence(kind: str) -> str:
    """What the step will do; empty where it can be done over."""
    return say(_CONSEQUENCES[kind]) if kind in _CONSEQUENCES else ""
