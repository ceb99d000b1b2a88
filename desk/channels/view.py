"""A channel as its administrator reads it: its settings without its secrets, and how it has fared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from channels.mail.settings import Security
from channels.table import CHANNELS, OutgoingChannel
from channels.template.settings import TemplateKind
from storage.call_channels import Health, SetUp
from words.deliveries import detail_words
from words.labels import label
from words.language import marked, say
from words.wording import MomentText, moment

_NAMES: Final = {
    "host": marked("服务器"),
    "port": marked("端口"),
    "security": marked("加密方式"),
    "sender": marked("发件地址"),
    "user": marked("用户名"),
    "password": marked("服务器口令"),
    "url": marked("回调地址"),
    "secret": marked("签名密钥"),
    "key": marked("机器人密钥"),
    "kind": marked("内容格式"),
    "body": marked("内容模板"),
    "header": marked("密钥所在的请求头"),
    "success": marked("表示成功的回答"),
}
_ROBOT_URL: Final = marked("接口地址")
_HINTS: Final = {
    "host": marked("如 mail.example.gov.cn；在内网的，须先在运行设置 HUIYING_INTERNAL_HOSTS 中列出。"),
    "port": marked("通常 465（TLS）或 587（STARTTLS）。"),
    "user": marked("服务器不要求登录的，留空。"),
    "url": marked("https 开头；在内网的，须先在运行设置 HUIYING_INTERNAL_HOSTS 中列出。"),
    "secret": marked("whsec_ 开头，24 至 64 字节的 Base64；与网关约定同一密钥。"),
    "body": marked(
        "可用 {to}、{text}、{number}、{deed}、{due}、{link}，须有 {to}；{text} 是整条消息，含确认链接。"
    ),
    "header": marked("服务方要求在请求头放密钥的填写，如 Authorization；不要求的，与密钥都留空。"),
    "success": marked(
        "以回答内容说明成败的填写，写作“字段=值”，如 code=0、data.status=ok；只看状态码的留空。"
    ),
    "sms.secret": marked("请求头的值，原样发送。"),
    "voice.secret": marked("请求头的值，原样发送。"),
    "sms.url": marked(
        "短信服务方的接口地址，https 开头；在内网的，须先在运行设置 HUIYING_INTERNAL_HOSTS 中列出。"
    ),
    "voice.url": marked(
        "语音服务方的接口地址，https 开头；在内网的，须先在运行设置 HUIYING_INTERNAL_HOSTS 中列出。"
    ),
    "wecom.url": marked(
        "用企业微信官方地址的留空；政务微信等自建的，填其接口地址。整个粘贴机器人的回调地址也可，"
        "其中的密钥另行加密保存。"
    ),
    "wecom.key": marked(
        "机器人回调地址中 key= 之后的部分；消息发到机器人所在的群，提到被通知人，不带确认链接。"
    ),
    "dingtalk.url": marked(
        "用钉钉官方地址的留空；专有钉钉填其接口地址。整个粘贴机器人的回调地址也可，其中的密钥另行加密保存。"
    ),
    "dingtalk.key": marked(
        "机器人回调地址中 access_token= 之后的部分；消息发到机器人所在的群，提到被通知人，不带确认链接。"
    ),
    "dingtalk.secret": marked("机器人安全设置选“加签”，填 SEC 开头的密钥。"),
    "feishu.url": marked("用飞书官方地址的留空。整个粘贴机器人的回调地址也可，其中的密钥另行加密保存。"),
    "feishu.key": marked(
        "机器人回调地址中 hook/ 之后的部分；卡片发到机器人所在的群，提到被通知人，不带确认链接。"
    ),
    "feishu.secret": marked("机器人安全设置选“签名校验”，填其密钥。"),
}
_KINDS: Final = {
    TemplateKind.JSON: marked("JSON"),
    TemplateKind.FORM: marked("表单（application/x-www-form-urlencoded）"),
}
_ROBOTS: Final = frozenset(channel.name for channel in CHANNELS.values() if channel.is_robot)
_SECURITY: Final = {
    Security.TLS: marked("TLS（一开始即加密）"),
    Security.STARTTLS: marked("STARTTLS（先连后加密）"),
    Security.NONE: marked("不加密（仅限内网服务器）"),
}
_CHOICES: Final[dict[str, Mapping[Security, str] | Mapping[TemplateKind, str]]] = {
    "security": _SECURITY,
    "kind": _KINDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A setting as the form asks for it; a secret is never shown,
    and stays as it is where nothing is typed.
    """

    name: str
    label: str
    hint: str
    value: str
    is_secret: bool
    is_there: bool
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    """A channel: whether it is on, its settings, its health in words;
    `is_open` where there is something to see in its form.
    """

    name: str
    title: str
    is_enabled: bool
    is_set_up: bool
    is_open: bool
    fields: tuple[FieldView, ...]
    state: str
    is_well: bool
    sent: MomentText | None
    failed: MomentText | None
    detail: str


def channel_view(
    way: OutgoingChannel,
    stands: SetUp | None,
    fared: Health,
    now: datetime,
    typed: Mapping[str, str] | None = None,
) -> ChannelView:
    """A channel as it stands, or with what was typed in place of its settings where
    that could not be taken.
    """
    values = stands.settings if stands is not None else {}
    text = values if typed is None else typed
    return ChannelView(
        name=way.name,
        title=label("call_channels", way.name).here,
        is_enabled=stands is not None and stands.enabled,
        is_set_up=bool(values),
        is_open=bool(values) or typed is not None,
        fields=tuple(
            FieldView(
                name=name,
                label=field_name(name, way.name),
                hint=_hint(way.name, name),
                value="" if name in way.secrets else text.get(name, ""),
                is_secret=name in way.secrets,
                is_there=bool(values.get(name)),
                choices=_choices(name),
            )
            for name in way.fields
        ),
        state=_state(stands, fared, now),
        is_well=not fared.is_broken,
        sent=moment(fared.sent_at.replace(microsecond=0)) if fared.sent_at else None,
        failed=moment(fared.failed_at.replace(microsecond=0)) if fared.failed_at else None,
        detail=detail_words(fared.detail),
    )


def field_name(name: str, channel: str) -> str:
    """What a setting of a channel is called on the page."""
    if name == "url" and channel in _ROBOTS:
        return say(_ROBOT_URL)
    return say(_NAMES[name]) if name in _NAMES else say("接收地址")


def _hint(channel: str, name: str) -> str:
    hint = _HINTS.get(f"{channel}.{name}") or ("" if channel in _ROBOTS else _HINTS.get(name, ""))
    return say(hint) if hint else ""


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((code.value, say(words)) for code, words in _CHOICES.get(name, {}).items())


def _state(stands: SetUp | None, fared: Health, now: datetime) -> str:
    if stands is None or not stands.enabled:
        return say("未启用")
    if fared.rests(now):
        return say("连续失败 {count} 次，暂停两分钟后再试", count=fared.failures)
    if fared.is_broken:
        return say("连续失败 {count} 次，正由一条消息试探", count=fared.failures)
    if fared.failures:
        return say("最近连续失败 {count} 次", count=fared.failures)
    return say("正常") if fared.sent_at else say("已启用，尚未发过")
