"""Numbers that lead to one person: papers of identity, telephones, cards, plates, accounts,
in every way of breaking them (R322).
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

Span = tuple[int, int]

_GAP: Final = r"[ \t\r\n.·•—–_/\\-]{0,3}"
_ID_LENGTHS: Final = (15, 18)
_PROVINCES: Final = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)
_OLDEST: Final = 1900
_NOT_A_PERSONS: Final = re.compile(
    r"(?:编号|文号|案号|单号|流水号?|受理号|订单号?|合同号|代码|许可证号?|批准文号|备案号?|批号|条码|条形码|工单|发票号?|序列号|期号|公告号|学校标识码|执照号?|税号|凭证号?|招标|采购)"
    r"(?:(?![人员]|电话|手机|联系)[a-z\u4e00-\u9fff]){0,4}[为是:\s]{0,3}[0-9A-Za-z-]{0,6}$",
    re.IGNORECASE,
)
_EIGHTEEN: Final = rf"(?:\d{_GAP}){{17}}[0-9Xx]"
_FIFTEEN: Final = rf"(?:\d{_GAP}){{14}}\d"
_ID: Final = re.compile(rf"(?<![0-9A-Za-z])(?:[GgLl](?=\d{{6}}))?({_EIGHTEEN}|\d{{15}})(?![0-9A-Za-z])")
_ID_AFTER_ITS_WORD: Final = re.compile(
    rf"(?:身份证|身份号|公民身份|居民身份|证件号|驾驶证号?|驾照|户口本?号)(?:[件号码为是:\s()]|尾数前?|持有|显示|登记){{0,8}}({_EIGHTEEN}|{_FIFTEEN}|\d{{6}}[*xX]{{0,2}}\d{{6,11}}[0-9Xx]?)(?![0-9A-Za-z])"
)
_PAPER: Final = re.compile(
    r"(?:护照|通行证|军官证|士兵证|台胞证|居留证|回乡证|学籍|学号|准考证|社保卡?|医保卡?|病历|住院|门诊|档案|残疾证|低保证|房产证|不动产权证)(?:证件)?[号码编]{0,2}[为是:\s]{0,3}([A-Za-z]{0,3}\d{6,20}[0-9Xx]?)(?![0-9A-Za-z])"
)
_MOBILE: Final = re.compile(
    rf"(?<![\dA-Za-z])(?<!\d[.])(?:\+?(?:00)?86{_GAP})?(1{_GAP}[3-9](?:(?:{_GAP}|[()]{{1,2}})\d){{9}})(?!\d)"
)
# Right after such a word a number of a mobile's length is one,
# however it is broken and whatever stands around it.
_TELEPHONE: Final = (
    r"(?:电话|手机|联系|来电|拨打|致电|(?<![编理案单文流水批期票税])号码)[号码方式热线为是人:\s()]{0,6}"
)
_ON_TELEPHONE: Final = re.compile(rf"{_TELEPHONE}$")
_AFTER_TELEPHONE: Final = re.compile(rf"{_TELEPHONE}(1[3-9]\d\)?(?:[、,\s·.-]{{0,3}}\d){{8}})(?!\d)")
_OF_PERSON: Final = re.compile(r"人[:\s]{0,2}$")
_DECIMALS: Final = re.compile(r"\.\d{1,2}(?!\d)(?!\s?(?:分钟|小时|秒|天))|,\d{3}(?!\d)")
_ROUND: Final = re.compile(r"0{5}$")
_SPELT: Final = re.compile(r"(?:[〇零一二三四五六七八九幺0-9][ -]?){11,}")
_NUMERALS: Final = str.maketrans("〇零一二三四五六七八九幺", "001234567891")
_SUM_AFTER: Final = re.compile(
    r"\s?(?:字节|万(?!先生|女士|某)|亿|元|吨|平方|立方|千瓦|公斤|斤|米|%)|人(?![在员称说])|户(?!主|籍)|条|次(?!日|拨打|来电|致电|联系)"
)
_MONEY_AFTER: Final = re.compile(r"\s?[万亿]?元")
_SUM_BEFORE: Final = re.compile(
    r"(?:合计|共计|总计|金额|预算|执行数|收入|支出|投资|资产)(?:(?![人员]|电话|手机|联系)[^,，。;；]){0,4}$"
)
_AT_HOME: Final = re.compile(
    r"(?:家中|家里|家庭|住宅|自家|宅电|其家|家属|本人|户主|业主|失主|患者)[^,，。;；:]{0,6}?(?:座机|固话|固定电话|电话|号码)[号码为是:\s]{0,4}(\(?0\d{2,3}\)?[ -]?[2-9]\d{6,7})(?!\d)"
)
_CARD: Final = re.compile(
    rf"(?<![0-9A-Za-z])((?:62|60|9558|4|5[1-5]|35)(?:{_GAP}\d){{13,18}})(?![0-9A-Za-z])"
)
_CARD_AFTER_ITS_WORD: Final = re.compile(
    rf"(?:银行卡|借记卡|信用卡|储蓄卡|工资卡|社保卡|一卡通|卡号|存折|个人账户|个人帐户|个人账号|收款账号|收款账户|汇入账户|涉案账户|本人账户)[号码账户帐为是:\s]{{0,8}}(\d(?:{_GAP}\d){{11,19}})(?!\d)"
)
_ORGANISATION: Final = re.compile(
    r"(?:对公|公司|总会|协会|基金会|财政|单位|国库|专户|基本户|户名[^。;；\n]{0,16}(?:会|局|府|中心|校|院|厂|社|站|所|行))[^。;；\n]{0,24}$"
)
_PROVINCE: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE: Final = re.compile(
    rf"[{_PROVINCE}]\s?[A-HJ-NP-Za-hj-np-z]\s?[·•‧∙.\s_-]{{0,2}}(?=(?:[A-Za-z][ \t]?){{0,5}}\d)"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9][ \t]?){4}(?:(?:[A-HJ-NP-Za-hj-np-z0-9][ \t]?)?[A-HJ-NP-Za-hj-np-z0-9]|[学挂港澳领警])(?![0-9A-Za-z])"
)
_TOWN_PLATE: Final = re.compile(
    r"(?<=[悬号牌照为挂\"“])[\u4e00-\u9fff]{2}([A-Z]?\d{5,6})(?=[\"”]?(?:号牌|号电动|牌))|(?:号牌|牌照|车牌)[号码为是:\s\"“(]{0,4}(?:[\u4e00-\u9fff]{2,4})?([A-Z]?\d{5,7})(?![\d年])"
)
_FRAME: Final = re.compile(
    r"(?:车架号?|识别代号|识别码|VIN|发动机号?)[码为是:\s]{0,4}([A-HJ-NPR-Z0-9]{6,17})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}\s?@\s?(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,12}")
_OFFICIAL_MAIL: Final = (".gov.cn", "@gov.cn", ".edu.cn", ".org.cn")
_SOCIAL: Final = re.compile(
    r"(?:(?:微信|wechat|weixin|支付宝|抖音|快手)(?:账号|帐号|号码|号|同号)[为是:\s(\"“]{0,3}|(?:微信|支付宝|wechat)(?:[:\s]\s?|(?=1[3-9]\d)|(?=[a-z][a-z0-9-]*[\d_]))"
    r"|QQ(?:账号|帐号|号码|号)?[为是:\s(\"“]{0,3}|(?:微信|抖音|快手|微博|贴吧)(?:用户|网友|昵称)[名为是:\s(\"“]{0,3}(?=[a-z0-9_-]*\d))([A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{5,11})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_BEFORE: Final = 24


def _digits(number: str) -> str:
    return "".join(character for character in number.upper() if character.isdigit() or character == "X")


def _is_broken_oddly(number: str) -> bool:
    """Whether so many gaps stand in it that it is rather a row of figures:
    each digit apart, or four gaps at most.
    """
    gaps = len(re.findall(r"\d[^\dXx]+", number))
    return 4 < gaps < len(_digits(number)) - 1  # noqa: PLR2004  more groups than five are figures in a row


def _is_a_things(text: str, start: int) -> bool:
    return _NOT_A_PERSONS.search(text[max(0, start - _BEFORE) : start]) is not None


def ids(text: str) -> Iterator[Span]:
    """Numbers of a region, a day of birth and four more, whatever the last:
    a slip of the pen still leads to the person.

    After a word for such papers any number; after a word for a thing's number none.
    """
    text = spelt_out(text)
    for match in _ID_AFTER_ITS_WORD.finditer(text):
        yield match.span(1)
    for match in _PAPER.finditer(text):
        yield match.span(1)
    for match in _ID.finditer(text):
        number = _digits(match[1])
        if _is_id(number) and not _is_broken_oddly(match[1]) and not _is_a_things(text, match.start()):
            yield match.span(1)


def _is_id(number: str) -> bool:
    if len(number) not in _ID_LENGTHS or int(number[:2]) not in _PROVINCES:
        return False
    if len(number) == _ID_LENGTHS[0]:
        return _is_date(f"19{number[6:12]}")
    return _is_date(number[6:14])


def _is_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= _OLDEST


def spelt_out(text: str) -> str:
    """The text with long numbers in Chinese numerals in digits, each at its place."""
    return _SPELT.sub(lambda match: match[0].translate(_NUMERALS), text)


def mobiles(text: str) -> Iterator[Span]:
    """Mobile numbers, and a telephone of somebody's home; neither a sum of money nor an office's line."""
    text = spelt_out(text)
    for match in _AT_HOME.finditer(text):
        yield match.span(1)
    for match in _AFTER_TELEPHONE.finditer(text):
        yield match.span(1)
    for match in _MOBILE.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if _ON_TELEPHONE.search(before) or not _is_no_mobile(text, match, before):
            yield match.span()


def _is_no_mobile(text: str, match: re.Match[str], before: str) -> bool:
    """Whether it is a sum, a row of figures or the number of a thing;
    after a word for a person it may be money alone.
    """
    if _OF_PERSON.search(before):
        return _MONEY_AFTER.match(text, match.end()) is not None
    is_sum = _SUM_AFTER.match(text, match.end()) or _SUM_BEFORE.search(before) or _ROUND.search(match[1])
    return bool(
        is_sum
        or _DECIMALS.match(text, match.end())
        or _is_broken_oddly(match[1])
        or _is_a_things(text, match.start())
    )


def cards(text: str) -> Iterator[Span]:
    """Numbers of bank cards: after their word any, else 16 to 19 digits that begin with 62 or are right
    by Luhn's rule.
    """
    for match in _CARD_AFTER_ITS_WORD.finditer(text):
        if not _ORGANISATION.search(text[max(0, match.start() - _BEFORE) : match.start()]):
            yield match.span(1)
    for match in _CARD.finditer(text):
        number = _digits(match[1])
        if not 16 <= len(number) <= 19 or _is_broken_oddly(match[1]):  # noqa: PLR2004  the lengths of cards in circulation
            continue
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        if not (number.startswith("62") or _is_right_by_luhn(number)) or _ORGANISATION.search(before):
            continue
        if not _is_a_things(text, match.start()):
            yield match.span()


def _is_right_by_luhn(number: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0  # noqa: PLR2004


def plates(text: str) -> Iterator[Span]:
    """Plates of cars, of a town's bicycles, and what is engraved in a car."""
    for match in _PLATE.finditer(text):
        yield match.span()
    for match in _TOWN_PLATE.finditer(text):
        yield match.span(1) if match[1] else match.span(2)
    for match in _FRAME.finditer(text):
        yield match.span(1)


def emails(text: str) -> Iterator[Span]:
    """Mail of government domains is an office's, not a person's."""
    for match in _EMAIL.finditer(text):
        if not match[0].lower().endswith(_OFFICIAL_MAIL):
            yield match.span()


def accounts(text: str) -> Iterator[Span]:
    """Accounts of messengers and of payment."""
    for match in _SOCIAL.finditer(text):
        yield match.span(1)
