"""线索的写法: a clue tells one act of one subject, and nothing more of a person (三(六)#3, R386, DD-35)."""

import re
from collections.abc import Iterator
from typing import Final, Protocol

from domain.law.editions import Switch
from domain.rules.exposure import found_in_letter
from domain.terms.copies import changed
from domain.terms.findings import FACTS_OF_A_PERSON, Finding, PersonalDataKind, Reading
from domain.terms.listed_names import listed_names
from domain.terms.plain_text import seen
from domain.terms.refusals import Reason, Refused
from domain.terms.surnames import COMMON, LESS_COMMON

_NUMERAL: Final = "0-9〇零一二两三四五六七八九十百千万几数多余若干Ⅱ-Ⅻ"
_PLATFORM: Final = "(?:微博|微信|抖音|快手|小红书|头条|知乎|贴吧|视频|公众|网络|社交|自媒体){0,2}"
_ACCOUNT: Final = "(?:账号|账户)"
# 3个账号、五名男子、上百人、若干条帖文; one is no several, 第25条 is of a law, 人次 are readings.
_SEVERAL: Final = re.compile(
    rf"(?<![第{_NUMERAL}.,])([{_NUMERAL}][{_NUMERAL},]{{0,9}})(?:来|余|多)?"
    rf"(?:个?{_PLATFORM}(?:{_ACCOUNT}|群|用户)|个{_PLATFORM}号|[名位条]|人(?!次)|个人|男子|女子|网民|网友|"
    r"家自媒体|博主"
    r"|(?:篇|则|段|个)(?:帖|博文|推文|文章|视频|微博|评论))"
)
_COUNTED_AFTER: Final = re.compile(
    rf"(?:{_ACCOUNT}|网民|网友|人员|用户)(?:共|有|共有|计|共计|约|达)?([{_NUMERAL}]{{1,8}})[个名位人条]"
)
_ONE: Final = frozenset({"1", "一", "01"})
_ALL: Final = (
    "名单|清单|列表|所列|全部|附后|附表|[俩仨]|众人|一众|一干|(?:该|这|那|一|大)批|批量"
    f"|(?:部分|相关|各|所有|以下|如下|上述|下列)(?:{_ACCOUNT}|人员|网民|网友|用户|群主)"
    rf"|等(?:人|多|一|{_ACCOUNT}|网民|网友|用户|[{_NUMERAL}])"
)
_LISTED: Final = re.compile(_ALL)
# Articles of laws are told by their numbers: 第二十五、二十六条, 《刑法》291条 (its title already out).
_ARTICLES: Final = re.compile(
    rf"(?:第|(?<=[”法例定]))[{_NUMERAL}、至到和及-]+[条款项目](?:之[{_NUMERAL}]+)?(?:第[{_NUMERAL}、"
    r"]+[款项目])*"
)
_QUOTED: Final = re.compile(r"[“\"「『《‘][^”\"」』》’]{0,200}[”\"」』》’]")
_HANDLE: Final = re.compile(r"[@＠]\s?([\w\u4e00-\u9fff-]{1,30})")
_WHOSE: Final = (
    r"(?:用户|[账帐]号|网名|昵称|网友|网民|博主|群主|主播|(?:微信|抖音|快手|公众|视频|头条|微博)号)"
    r"(?:名?为|名|叫|是|[:：])?\s?"
)
_NAME_IN_QUOTES: Final = r"[“\"「『‘]([^”\"」』’]{1,30})[”\"」』’]"
_NICKNAME: Final = re.compile(_WHOSE + _NAME_IN_QUOTES)
# Quoted names beside one another, after a word for their bearer or where a sentence begins.
_NICKNAMES: Final = re.compile(
    rf"(?:{_WHOSE}|(?:^|[。；;！？\n])\s*(?:经查|据查|查明)?[，,：:]?\s*)"
    rf"({_NAME_IN_QUOTES}(?:[、和及与,，/\s]*{_NAME_IN_QUOTES})+)"
)
_ONE_NAME: Final = re.compile(_NAME_IN_QUOTES)
_BARE: Final = r"(?:(?!散布|发布|编造|捏造|煽动|转发|传播|发帖|诽谤|攻击|称|在|于)[\w-]){1,15}"
# Handles beside one another without quotation marks: 账号：清风、快乐小鱼, 用户A、B, 甲、乙.
_BARE_NAMES: Final = re.compile(
    rf"(?:用户|[账帐]号|网名|昵称|博主)(?:名?为|[:：])\s?({_BARE}(?:[、/和及与]\s?{_BARE})+)"
    r"|(?:用户|[账帐]号)\s?([A-Za-z0-9_-]{1,30}(?:[、,，/和及与]\s?[A-Za-z0-9_-]{1,30})+)"
    r"|(?<![\u4e00-\u9fff])([甲乙丙丁戊](?:[、,，/和及与][甲乙丙丁戊])+)(?![栋座区级类])"
    r"|(?<=[账帐]号)([甲乙丙丁戊](?:[、,，/和及与][甲乙丙丁戊])+)"
)
_BETWEEN: Final = re.compile(r"[、,，/和及与]\s?")
_MASKED: Final = re.compile(
    rf"([{''.join((*COMMON, *LESS_COMMON))}]某[某甲乙丙丁]?)(?![种些个天日地处时年月])"
)
_PLAIN: Final = str.maketrans("個帳號賬戶網條單數兩幾萬帐", "个账号账户网条单数两几万账")
_BLANK: Final = re.compile(r"\s+")
_LANDLINE: Final = re.compile(r"(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)")
_NAMED: Final = frozenset({PersonalDataKind.NAME, PersonalDataKind.SOCIAL_ACCOUNT})
_MAY_STAND: Final = _NAMED | FACTS_OF_A_PERSON  # refused are numbers and addresses
_MOST: Final = 1  # one name or one handle may stand


class ClueTexts(Protocol):
    """A clue, or the proposal of one, with its texts."""

    @property
    def act(self) -> str: ...  # noqa: D102  as of a clue
    @property
    def legal_basis(self) -> str: ...  # noqa: D102


def clue_fields(clue: ClueTexts) -> tuple[tuple[str, str], ...]:
    """The texts of the letter by which a clue goes out."""
    return (("act", clue.act), ("legal_basis", clue.legal_basis))


def read_clue(clue: ClueTexts, edition: int) -> Reading:
    """What a clue gives away, names in a list among it."""
    fields = clue_fields(clue)
    reading = found_in_letter(fields, edition)
    if not Switch.READ_ANEW.is_on(reading.reader):
        return reading
    known = {(finding.field, finding.start, finding.start + finding.length) for finding in reading.findings}
    names = tuple(
        Finding(kind=PersonalDataKind.NAME, field=field, start=start, length=end - start)
        for field, text in fields
        for start, end in listed_names(text)
        if (field, start, end) not in known
    )
    return changed(reading, findings=(*reading.findings, *names))


def check_one_subject(clue: ClueTexts, reading: Reading) -> None:
    """Refuses a clue about several, and one that tells a number or an address of a person (DD-35).

    Its legal basis goes out with it and is held to the same.
    What stands in quotation marks is what was said, and makes no several by its figures.
    """
    for field, text in clue_fields(clue):
        if _tells_several(text):
            raise Refused(Reason.CLUE_NOT_ONE_ACT, field)
    named = {
        name: field for field, text in reversed(clue_fields(clue)) for name in _named(field, text, reading)
    }
    if len(named) > _MOST:
        raise Refused(Reason.CLUE_NOT_ONE_ACT, "act" if "act" in named.values() else "legal_basis")
    _check_nothing_personal(clue, reading)


def _check_nothing_personal(clue: ClueTexts, reading: Reading) -> None:
    """Refuses numbers of identity, telephones, plates, cards and addresses, wherever in a clue they stand."""
    kinds = sorted({finding.kind for finding in reading.findings if finding.kind not in _MAY_STAND})
    lines = [field for field, text in clue_fields(clue) if _LANDLINE.search(seen(text).text)]
    if kinds or lines:
        raise Refused(Reason.PERSONAL_DATA, ",".join(kinds) or lines[0])


def _tells_several(text: str) -> bool:
    """Whether a text counts people, accounts or posts above one, or speaks of all of them;
    blanks and forms of characters hide nothing.
    """
    bare = _BLANK.sub("", seen(_QUOTED.sub("“”", text)).text.translate(_PLAIN))
    bare = _ARTICLES.sub("", bare)
    counted = (match[1] for sign in (_SEVERAL, _COUNTED_AFTER) for match in sign.finditer(bare))
    return any(count not in _ONE for count in counted) or bool(_LISTED.search(bare))


def _named(field: str, text: str, reading: Reading) -> Iterator[str]:
    """Each person and each handle that is named, by what stands there."""
    for finding in reading.findings:
        if finding.field == field and finding.kind in _NAMED:
            yield _words(text, finding)
    for sign in (_HANDLE, _NICKNAME, _MASKED):
        yield from (match[1] for match in sign.finditer(text))
    for match in _NICKNAMES.finditer(text):
        yield from (name[1] for name in _ONE_NAME.finditer(match[1]))
    for match in _BARE_NAMES.finditer(text):
        yield from _BETWEEN.split(next(group for group in match.groups() if group))


def _words(text: str, finding: Finding) -> str:
    return text[finding.start : finding.start + finding.length]
