"""Personal data in a text for the public: numbers, addresses and addresses of mail that lead to one person
(R322, 个人信息保护法).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from unicodedata import normalize

from domain.terms.findings import Finding, PersonalDataKind
from domain.terms.second_edition.personal_names import names

_ID_LENGTHS = (15, 18)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_PROVINCES = frozenset(
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
_NINE = 9


def personal_data(field: str, text: str) -> tuple[Finding, ...]:
    """All that a text gives away, in the order in which it stands there;
    what one kind has taken, no later one takes.

    Full-width letters and digits read as the common ones, and places are those of the text as written.
    """
    plain = folded(text)
    taken = bytearray(len(plain))
    places: list[tuple[int, int, PersonalDataKind]] = []
    for kind, search in _SEARCHES.items():
        for start, end in search(plain):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                places.append((start, end, kind))
    return tuple(
        Finding(kind=kind, field=field, start=start, length=end - start)
        for start, end, kind in sorted(places)
    )


def folded(text: str) -> str:
    """The text with each character in its common form, as long as before, so that places stay."""
    return text.translate(_COMMON)


class _Common(dict[int, str]):
    """The common form of each character that was met, but for those beyond the basic plane,
    which would grow without end.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = normalize("NFKC", character)
        common = folded if len(folded) == 1 else character
        if code < _BASIC:
            self[code] = common
        return common


_BASIC = 0x10000
_COMMON = _Common()


# --- numbers ------------------------------------------------------------------------------------------------

_NUMBERED = r"(?:编号|文号|案号|单号|流水号|受理号|订单号|合同号|项目代码|信用代码|许可证号|批准文号|备案号)"
_AFTER_A_NUMBER_WORD = re.compile(_NUMBERED + r"[为是:\s]{0,3}$")
_ID = re.compile(r"(?<![0-9A-Za-z])(?:\d{6}[ -]?\d{8}[ -]?\d{3}[0-9Xx]|\d{15})(?![0-9A-Za-z])")
_ID_AFTER_ITS_WORD = re.compile(
    r"(?:身份证|身份号|公民身份|居民身份)[件号码为是:\s()]{0,8}(\d{6}[ -]?\d{8}[ -]?\d{3}[0-9Xx]|\d{15})(?![0-9A-Za-z])"
)
_MOBILE = re.compile(
    r"(?<!\d)(?<!\d\.)(?:\+?86[ -]?)?1[3-9]\d(?:[ .·—–-]?\d{4}[ .·—–-]?\d{4}|\d[ -]?\d{3}[ -]?\d{4})"
    r"(?!\d)(?!\s?(?:元|吨|平方|立方|千瓦|公斤|斤))"
)
_CARD = re.compile(
    r"(?<![0-9A-Za-z])(?:62|60|9558|4|5[1-5]|35)\d{2,4}(?:[ -]?\d{4}){2,3}[ -]?\d{2,4}(?![0-9A-Za-z])"
)
_CARD_AFTER_ITS_WORD = re.compile(
    r"(?:银行卡|借记卡|信用卡|储蓄卡|卡号)[号码账户为是:\s]{0,6}(\d{4}(?:[ -]?\d{4}){2,3}(?:[ -]?\d{1,3})?)(?!\d)"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][·• -]?"
    r"(?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{4}(?:[A-HJ-NP-Za-hj-np-z0-9]{1,2}|[学挂港澳领])(?![0-9A-Za-z])"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,12}")
_OFFICIAL_MAIL = (".gov.cn", "@gov.cn")
_SOCIAL = re.compile(
    r"(?:(?:微信|wechat|weixin)(?:(?:账号|帐号|号码|号)[为是:\s]{0,3}|[:\s]\s?|(?=1[3-9]\d))"
    r"|QQ(?:账号|帐号|号码|号)?[为是:\s]{0,3})([A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{5,11})(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def _digits(digits: str) -> str:
    return "".join(character for character in digits.upper() if character.isdigit() or character == "X")


def _ids(text: str) -> Iterator[tuple[int, int]]:
    """18 digits with the right last one, or 15 of the old form; after the word any.

    A document's number is none.
    """
    for match in _ID_AFTER_ITS_WORD.finditer(text):
        yield match.span(1)
    for match in _ID.finditer(text):
        if not _AFTER_A_NUMBER_WORD.search(text, max(0, match.start() - 12), match.start()) and _is_id(
            _digits(match[0])
        ):
            yield match.span()


def _is_id(number: str) -> bool:
    if len(number) not in _ID_LENGTHS or int(number[:2]) not in _PROVINCES:
        return False
    if len(number) == _ID_LENGTHS[0]:
        return _is_date(f"19{number[6:12]}")
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return _is_date(number[6:14]) and _ID_CHECKS[total % 11] == number[17]


def _is_date(digits: str) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return born.year >= 1900  # noqa: PLR2004  no living person is older


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD_AFTER_ITS_WORD.finditer(text):
        yield match.span(1)
    for match in _CARD.finditer(text):
        after_a_word = _AFTER_A_NUMBER_WORD.search(text, max(0, match.start() - 12), match.start())
        if not after_a_word and _is_card(_digits(match[0])):
            yield match.span()


def _is_card(number: str) -> bool:
    """16 to 19 digits whose last one is right by Luhn's rule."""
    if not 16 <= len(number) <= 19:  # noqa: PLR2004  the lengths of cards in circulation
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
    return sum(digit - _NINE if digit > _NINE else digit for digit in doubled) % 10 == 0


def _emails(text: str) -> Iterator[tuple[int, int]]:
    """Mail of government domains is an office's, not a person's."""
    for match in _EMAIL.finditer(text):
        if not match[0].lower().endswith(_OFFICIAL_MAIL):
            yield match.span()


# --- addresses ----------------------------------------------------------------------------------------------

_PLACE = r"[\u4e00-\u9fff]"
_NUMBER = r"[0-9A-Za-z一二三四五六七八九十]{1,5}"
_DWELLING = re.compile(
    rf"{_NUMBER}(?:栋|幢|座|号楼)(?:{_NUMBER}单元)?(?:\d{{1,2}}层|\d{{1,2}}楼)?\d{{1,4}}(?:-\d{{1,4}})?(?:室|号|户|房)"
    rf"|{_NUMBER}(?:栋|幢|座|号楼)?{_NUMBER}单元\d{{1,4}}(?:室|号|户|房)?"
    r"|\d{1,3}-\d{1,2}-\d{3,4}室"
    r"|(?:路|街|巷|弄|里|村|组|屯)\d{1,4}(?:-\d{1,3})?号\d{2,4}室"
    r"|(?:村|组|屯|巷|弄)\d{1,4}(?:-\d{1,3})?号(?=[居住户村门家,。;、)\s]|$)"
)
_AT_HOME = re.compile(
    rf"(?:家庭住址|家庭地址|现住址|住址|住所地|户籍地|户籍所在地|家住|现住|居住在|居住于|住在|租住在|租住于|租住)[为是:\s]{{0,3}}"
    rf"{_PLACE}[\u4e00-\u9fff0-9A-Za-z]{{0,30}}?\d{{1,5}}(?:-\d{{1,4}})?(?:号|栋|幢|单元|室|户)"
    r"(?:\d{1,4}(?:栋|幢|号楼|单元|室|户|号))*"
)
_CLASS = re.compile(
    r"(?:[一二三四五六七八九1-9]年级|[初高][一二三])[(]?[0-9一二三四五六七八九十]{1,2}[)]?班(?!次|级)"
)
_OFFICE_BEFORE = re.compile(
    r"(?:政府|行政|办公|政务|服务中心|大厦|大楼|委员会|管委会|局|院|所|学校|中学|小学|会议|园区)[\u4e00-\u9fff]{0,8}$"
)


def _homes(text: str) -> Iterator[tuple[int, int]]:
    """A dwelling's number, or a house's after a word of living there;
    a room in an office building is none.
    """
    for match in _AT_HOME.finditer(text):
        yield match.span()
    for match in _DWELLING.finditer(text):
        if not _OFFICE_BEFORE.search(text, max(0, match.start() - 16), match.start()):
            yield match.span()


def _plainly(pattern: re.Pattern[str]) -> Callable[[str], Iterable[tuple[int, int]]]:
    def search(text: str) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            yield match.span(pattern.groups)

    return search


# In the order of certainty: a card's number may hold what looks like a telephone's.
_SEARCHES: dict[PersonalDataKind, Callable[[str], Iterable[tuple[int, int]]]] = {
    PersonalDataKind.ID_NUMBER: _ids,
    PersonalDataKind.BANK_CARD: _cards,
    PersonalDataKind.EMAIL: _emails,
    PersonalDataKind.SOCIAL_ACCOUNT: _plainly(_SOCIAL),
    PersonalDataKind.MOBILE_NUMBER: _plainly(_MOBILE),
    PersonalDataKind.LICENCE_PLATE: _plainly(_PLATE),
    PersonalDataKind.HOME_ADDRESS: _homes,
    PersonalDataKind.SCHOOL_CLASS: _plainly(_CLASS),
    PersonalDataKind.NAME: names,
}
