"""What an entry of the audit book says besides who, what and when: each detail by its name, in words."""

from datetime import datetime
from typing import Final

from words.language import marked, say
from words.wording import moment

QUIET: Final = frozenset({"content", "request", "digests", "key"})
"""Digests, and the address, which stand elsewhere or are for programs alone."""

DETAILS: Final = {
    "act": marked("操作"),
    "after": marked("从哪一条之后"),
    "all": marked("是否全部"),
    "at": marked("所看的时刻或记录号"),
    "attempt": marked("试发"),
    "before": marked("从哪一条之前"),
    "bundle": marked("证据包的校验值"),
    "category": marked("类别"),
    "checkpoint": marked("存证码"),
    "cause": marked("起因"),
    "certificates": marked("时限凭证"),
    "change": marked("参数修改"),
    "changed": marked("变更的设置"),
    "channels": marked("渠道"),
    "class": marked("时限类别"),
    "closed": marked("是否办结"),
    "code": marked("编码"),
    "command": marked("命令"),
    "copy": marked("取走的是原件还是水印件"),
    "cursor": marked("从哪里接着看"),
    "day": marked("日期"),
    "deed": marked("行为"),
    "deputy": marked("代接的人"),
    "discovered_at": marked("发现时间"),
    "done": marked("是否办过"),
    "drill": marked("是否演练"),
    "due": marked("到期"),
    "enabled": marked("是否启用"),
    "error": marked("错误"),
    "event": marked("记录号"),
    "faults": marked("发现的问题"),
    "files": marked("是否含附件内容"),
    "first": marked("从"),
    "from": marked("自"),
    "gaps": marked("是否只看缺漏"),
    "gist": marked("摘要的标记"),
    "grade": marked("突发事件等级"),
    "host": marked("服务器"),
    "incident": marked("事件"),
    "incidents": marked("事件数"),
    "into": marked("并入"),
    "kind": marked("种类"),
    "lacks": marked("缺少的"),
    "last": marked("至"),
    "level": marked("预警等级"),
    "limit": marked("条数"),
    "link": marked("绑定"),
    "list": marked("销毁清单"),
    "live": marked("是否实时"),
    "login": marked("账号"),
    "mark": marked("词的标记"),
    "mine": marked("是否只看自己的"),
    "name": marked("名称"),
    "number": marked("编号"),
    "only": marked("只看"),
    "order": marked("次序"),
    "original": marked("是否原件"),
    "others": marked("另有未逐条记的次数"),
    "outcome": marked("结果"),
    "overdue": marked("是否超时"),
    "page": marked("第几页"),
    "passkey": marked("通行密钥"),
    "person": marked("人员"),
    "phase": marked("进展"),
    "problem": marked("原因"),
    "q": marked("搜过的词的标记"),
    "quarter": marked("季度"),
    "reached": marked("是否送达"),
    "reference": marked("文号"),
    "release": marked("版本"),
    "response_class": marked("时限类别"),
    "risk": marked("风险"),
    "scope": marked("范围"),
    "seed": marked("抽样的种子"),
    "settled": marked("是否处理过"),
    "sha256": marked("校验值"),
    "since": marked("自"),
    "size": marked("件数"),
    "stage": marked("阶段"),
    "standing": marked("状态"),
    "state": marked("状态"),
    "status": marked("应答码"),
    "step": marked("步骤"),
    "subject": marked("对象"),
    "taken_at": marked("备份的时刻"),
    "text": marked("搜过的词的标记"),
    "title": marked("搜过的标题的标记"),
    "to": marked("止"),
    "topic": marked("主题的标记"),
    "unit": marked("单位"),
    "until": marked("直到"),
    "url": marked("网址的标记"),
    "view": marked("看法"),
    "waiting": marked("是否待办"),
    "way": marked("登录方式"),
    "who": marked("何人"),
    "why": marked("事由"),
    "word": marked("表示"),
    "words": marked("搜过的词的标记"),
    "year": marked("年份"),
}
_VALUES: Final = {
    ("word", "drawn"): marked("拟定"),
    ("word", "approved"): marked("同意"),
    ("word", "declined"): marked("不同意"),
    ("word", "archive_consented"): marked("档案馆同意"),
    ("word", "destroyed"): marked("已销毁"),
    ("word", "refused"): marked("未予接受"),
    ("phase", "begun"): marked("已开始"),
    ("phase", "done"): marked("已完成"),
    ("phase", "failed"): marked("未成"),
}
_CLAIMS: Final = {"true": marked("是"), "false": marked("否")}


def detail_words(name: str, value: str) -> tuple[str, str]:
    """A detail and its value for readers; filters of an address come with a question mark, and one that is
    none of ours, which anybody may write into an address, stands as what it is.
    """
    plain = name.removeprefix("?")
    what = say(DETAILS[plain]) if plain in DETAILS else say("地址中的另一项（{name}）", name=plain)
    return what, _value(plain, value)


def _value(name: str, value: str) -> str:
    if (sentence := _VALUES.get((name, value)) or _CLAIMS.get(value.lower())) is not None:
        return say(sentence)
    return _instant(value) or value


def _instant(value: str) -> str:
    """An instant in Shanghai's time; empty for what is none."""
    if "T" not in value:
        return ""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment(at.replace(microsecond=0)).text if at.tzinfo is not None else ""
