"""What the lines of 启用清单 say: the name, how it stands, and what to do where it is not done."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from words.language import marked, say


class LineWords(NamedTuple):
    """The sentences of a line: its name, what it says once done, and what is missing with what to do."""

    name: str
    done: str
    missing: str


LINES: Final[Mapping[str, LineWords]] = {
    "calendar": LineWords(
        marked("工作日历"),
        marked("{years} 年的放假调休安排已导入。"),
        marked("缺 {years} 年的放假调休安排：国务院公布后由负责同志在“条款 → 规则修改”提议，另一人确认。"),
    ),
    "units": LineWords(
        marked("单位人员"),
        marked("各单位的监测员、B 角和负责同志都已登记。"),
        marked("{count} 个单位的监测员、B 角或负责同志不全：{names}。请在“各单位”补登。"),
    ),
    "unit_channels": LineWords(
        marked("单位渠道"),
        marked("各单位都有在用的发布渠道。"),
        marked("{count} 个单位没有在用的发布渠道：{names}。请在“各单位”补登。"),
    ),
    "people": LineWords(
        marked("账号"),
        marked("各单位都有经办或监测的人、有负责同志能登录。"),
        marked(
            "{count} 个单位没有经办（监测）人员或负责同志的账号：{names}。请安全管理员在“人员”按人员表新建。"
        ),
    ),
    "first_passwords": LineWords(
        marked("首次口令"),
        marked("账号都已改过首次口令。"),
        marked("{count} 个账号还没有改过首次口令：请分发口令单，过期的由安全管理员在“人员表”重发。"),
    ),
    "second_factor": LineWords(
        marked("第二道验证"),
        marked("管理员和负责同志都已启用第二道验证。"),
        marked("{count} 位管理员或负责同志还没有启用第二道验证：请本人在“我的”里启用。"),
    ),
    "rota": LineWords(
        marked("值班表"),
        marked("市政府办公室今后 7 天时时有人值班。"),
        marked("市政府办公室今后 7 天有 {hours} 小时没有排班，从 {at} 起：请用 huiying units rota 导入。"),
    ),
    "demonstration": LineWords(
        marked("演示内容"),
        marked("没有演示账号和在办的演练。"),
        marked(
            "还有 {accounts} 个演示账号、{drills} 件在办的演练：请安全管理员在“人员 → 演示账号”停用，"
            "市政府办公室负责同志在 /drills 作废演练，"
            "并设 HUIYING_DEMONSTRATION=false，使以后的空系统不再放入演示事件。"
        ),
    ),
    "channels": LineWords(
        marked("通知渠道"),
        marked("有渠道送达过消息。"),
        marked("已启用 {count} 个渠道，都还没有送达过消息：请在“通知渠道”设置并试发。"),
    ),
    "tls": LineWords(
        marked("加密访问"),
        marked("网页在 TLS 代理之后。"),
        marked("网页没有 TLS：请在前面放反向代理，设 HUIYING_BEHIND_TLS=true。"),
    ),
    "hosts": LineWords(
        marked("网址"),
        marked("只应答 {names}。"),
        marked("没有限定网址：请设 HUIYING_HOSTS 为大家打开网页用的域名。"),
    ),
    "fonts": LineWords(
        marked("公文字体"),
        marked("公文用字体 {family}，PDF 可以生成。"),
        marked("没有中文字体，或缺仿宋、楷体、黑体：huiying doctor 列出要装的软件包。"),
    ),
    "checkpoints": LineWords(
        marked("存证点外存"),
        marked("每个存证点都写到外面的文件。"),
        marked("存证点没有离开本机：请设 HUIYING_CHECKPOINT_FILE 为另一台机器上的文件。"),
    ),
    "backup": LineWords(
        marked("备份"),
        marked("两天内做过备份，写完即校验。"),
        marked("没有做过备份，或已超过两天：请每天运行 huiying backup，放到另一台机器。"),
    ),
    "restore": LineWords(
        marked("恢复演练"),
        marked("已从备份恢复过一次，内容核对无误。"),
        marked("备份还没有试过恢复：请恢复到一个空目录，运行 huiying audit verify，然后在此确认。"),
    ),
    "keys": LineWords(
        marked("密钥另存"),
        marked("密钥另有一份，不与备份放在一起。"),
        marked("请把密钥目录另存一份，不与备份放在一起，然后在此确认：没有密钥，备份打不开。"),
    ),
}


def line_name(item: str) -> str:
    """The name of a line, in the language of the page."""
    return say(LINES[item].name)


def line_says(item: str, figures: Mapping[str, object], *, is_done: bool) -> str:
    """How a line stands and what to do, in the language of the page."""
    return say(LINES[item].done if is_done else LINES[item].missing, **figures)
