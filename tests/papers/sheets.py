"""Sheets as an office would write them: one of each form."""

from dataclasses import replace
from datetime import date
from typing import Any

from papers.sheet import Level, PaperForm, Paragraph, Row, Sheet, in_paragraphs
from tests.journeys.desk.hostile import PAYLOADS

TEXT = """现将有关情况报告如下：
一、舆情概况
（一）传播情况。首发于2026年9月7日21时15分，平台为“高安论坛”，阅读量12.6万次。
二、核实情况
经市住房和城乡建设局会同市城市管理局现场核查，网传“凌晨2时仍在浇筑混凝土”属实，系施工单位未办理夜间施工许可擅自连续作业。
三、下一步工作
于9月12日前公布处理结果。"""
OFFICIAL = Sheet(
    form=PaperForm.OFFICIAL,
    head="高安市人民政府办公室文件",
    title="关于做好政务舆情回应工作的通知",
    number="高府办发〔2026〕43号",
    urgency="特急",
    addressee="各乡镇（街道），市政府各部门",
    body=in_paragraphs(TEXT),
    attachments=("责任清单", "联络员名册"),
    signature="高安市人民政府办公室",
    dated=date(2026, 9, 9),
    note="此件主动公开",
    copies=("市委宣传部", "市委网信办"),
    printed_by="高安市人民政府办公室",
    printed_on=date(2026, 9, 10),
    code="3c7d 2903 439d",
)
UPWARD = replace(
    OFFICIAL, form=PaperForm.UPWARD, signer="张明远", number="高府办报〔2026〕7号", urgency="", attachments=()
)
LETTER = replace(OFFICIAL, form=PaperForm.LETTER, head="高安市人民政府办公室", attachments=("证据清单",))
ORDER = replace(
    OFFICIAL,
    form=PaperForm.INTERNAL,
    head="舆情交办单",
    title="关于“夜间施工扰民”的交办事项",
    number="高府办舆交〔2026〕18号",
    addressee="市住房和城乡建设局",
    body=in_paragraphs("现将下列事项交你单位办理。"),
    rows=(Row(label="法定时限", value="2026年9月9日21时15分"), Row(label="办结意见")),
    attachments=(),
    note="",
    copies=(),
    printed_by="",
    printed_on=None,
)
FORMS = (OFFICIAL, UPWARD, LETTER, ORDER)

STRANGE = (
    *("#panic()", '#read("/etc/passwd")', "$x$ *b* _i_ @a <b> // /* ]#[", "\\u{41}", "{{ 7*7 }}{% for %}"),
    *("\x00\x07\x1b[31m", "\u202e\u2066\u200f", "\ue000\U000f0000", "😀🏳️‍🌈", "العربية ไทย", "𠮷㐀", "\ud800"),
    *PAYLOADS[:12],
)


def with_everywhere(sheet: Sheet, text: str) -> Sheet:
    names = (
        "head",
        "title",
        "number",
        "urgency",
        "signer",
        "addressee",
        "signature",
        "note",
        "printed_by",
        "code",
    )
    everywhere: dict[str, Any] = dict.fromkeys(names, text)
    levels: tuple[Level, ...] = (0, 1, 2, 3, 4)
    return replace(
        sheet,
        **everywhere,
        body=tuple(Paragraph(text=text, level=level) for level in levels),
        rows=(Row(label=text, value=text),),
        attachments=(text, text),
        copies=(text,),
    )
