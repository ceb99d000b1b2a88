"""Why a message did not go out, in words: receipts have codes alone,
of which each means something to people.
"""

import re
from typing import Final

from words.language import marked, say

_WHOLE: Final[dict[str, str]] = {
    "address_refused": marked("目标地址不在允许的范围内"),
    "broken_off": marked("连接中断，是否送达不明"),
    "content_refused": marked("服务方不接收此内容"),
    "dead_address": marked("服务方没有此接收地址"),
    "malformed": marked("服务方的回答无法识别，是否送达不明"),
    "name_unknown": marked("服务器名称无法解析"),
    "no_address": marked("没有登记接收地址"),
    "no_longer": "",  # as the status says
    "nobody": marked("该岗位没有人员"),
    "not_permitted": marked("服务方不认可密钥、签名或来源地址"),
    "rate_limited": marked("超过服务方的发送频率"),
    "refused": marked("登记的地址均被拒收"),
    "provider_busy": marked("服务方暂时故障"),
    "smtp_broken_off": marked("连接中断，是否送达不明"),
    "smtp_not_supported": marked("邮件服务器不支持所需的方式"),
    "timeout": marked("服务方超时未答，是否送达不明"),
    "tls_failed": marked("加密连接未能建立，证书不可信"),
    "tls_required": marked("对外的邮件服务器须加密连接"),
    "unreachable": marked("服务器无法连接"),
}
_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"(?:http_2|smtp_2)\d*"), ""),  # taken, which the status says
    (re.compile(r"http_3\d\d"), marked("服务方转往别处，未跟随")),
    (re.compile(r"http_40[137]"), marked("服务方不认可密钥、签名或来源地址")),
    (re.compile(r"http_(?:404|405|410)"), marked("服务方没有此地址")),
    (re.compile(r"http_429"), marked("超过服务方的发送频率")),
    (re.compile(r"http_4\d\d"), marked("服务方不接收此消息")),
    (re.compile(r"http_5\d\d"), marked("服务方暂时故障")),
    (re.compile(r"smtp_login_\d+"), marked("邮件服务器登录失败")),
    (re.compile(r"smtp_sender_\d+"), marked("邮件服务器不接受发件地址")),
    (re.compile(r"smtp_recipient_\d+"), marked("邮件服务器不接受收件地址")),
    (re.compile(r"smtp_content_\d+"), marked("邮件服务器不接收此邮件")),
    (re.compile(r"smtp_answer_\d+"), marked("邮件服务器暂时故障")),
    (re.compile(r"bad_\w+"), marked("渠道设置或接收地址有误")),
)
_OTHER: Final = marked("服务方未接收，原因不明")


def detail_words(detail: str) -> str:
    """What the code of a receipt means, in the reader's language;
    empty where the receipt's status says it all.
    """
    code = detail.partition("/")[0]  # what stands behind is the provider's own number
    if not code:
        return ""
    words = _WHOLE.get(code)
    if words is None:
        words = next((text for pattern, text in _PATTERNS if pattern.fullmatch(code)), _OTHER)
    return say(words) if words else ""
