"""Where somebody lives, and which class a pupil is in: addresses that lead to one household (R322)."""

import re
from collections.abc import Iterator
from typing import Final

Span = tuple[int, int]

_N: Final = r"[0-9A-Za-z一二三四五六七八九十〇零]{1,5}"
_ROOM: Final = r"(?:\d{3,4}|[一二三四五六七八九十〇零]{2,4}|\d{1,2}0\d)"
_NO_ROOM: Final = (
    r"(?![0-9〇零一二三四五六七八九十年人米元㎡%.]|\s?(?:平方|万|户|个|余|多|名|套|间|辆|台|号线|号文))"
)
_DWELLING: Final = re.compile(
    rf"{_N}(?:栋|幢|座|号楼|\#楼?|号院)\s?(?:{_N}单元)?\s?(?:{_N}层|{_N}楼)?\s?{_N}(?:-\d{{1,4}})?(?:室|号|户|房)(?![间门])"
    rf"|{_N}(?:栋|幢|座|号楼|\#楼?)\s?(?:{_N}单元)?[\s-]?{_ROOM}{_NO_ROOM}"
    rf"|{_N}(?:栋|幢|座|号楼|\#楼?)\s?\d{{1,2}}-\d{{3,4}}(?![\d-])"
    rf"|(?:{_N}(?:栋|幢|座|号楼))?{_N}单元\s?{_ROOM}(?:室|号|户|房)?{_NO_ROOM}"
    r"|\d{1,3}-\d{1,2}-\d{3,4}室"
    r"|(?<=[期区园苑城府庭里居湾墅院寓村墩])\d{1,3}-\d{1,2}-\d{3,4}(?![\d-])"
    r"|(?:路|街|巷|弄|里|村|组|屯)\d{1,4}(?:-\d{1,3})?号\d{2,4}室"
    r"|(?:路|街|巷|弄|道)\d{1,4}(?:-\d{1,3})?号附\d{1,3}号"
    rf"|[\u4e00-\u9fff]{{1,8}}(?:村|社区|屯|寨|坪|冲|湾|自然村)?[\u4e00-\u9fff]{{0,6}}?{_N}?(?:组|屯|湾|队){_N}号(?![桥井机泵楼线路台变墩塘点坝闸池棚地山坑文])"
    rf"|(?:村|组|屯|巷|弄|寨|坪|冲){_N}(?:-\d{{1,3}})?号(?=[居住户村门家农民宅,。;、)\s]|$|(?:的|之)?[\u4e00-\u9fff]某)"
)
_NUMBERED: Final = re.compile(r"[号栋幢座室户组#-]|单元")  # one of these is in every dwelling's number
_LIVES: Final = re.compile(
    r"(?:家庭住址|家庭地址|现住址|住址|住所地?|户籍地址?|户籍所在地|籍贯|家住|现住|居住在|居住于|住在|租住在|租住于|租住|暂住|住于|居于|寄住|家在|家中地址|收货地址|收件地址)[为是:\s在于]{0,4}"
    rf"[\u4e00-\u9fff][\u4e00-\u9fff0-9A-Za-z\s]{{0,30}}?{_N}(?:-\d{{1,4}})?(?:号|栋|幢|单元|室|户|号楼|组)(?:\s?{_N}(?:栋|幢|号楼|单元|室|户|号|层|楼))*(?:\d{{3,4}})?"
)
_CLASS: Final = re.compile(
    r"(?:[一二三四五六七八九1-9]年级|[初高][一二三123]|[大中小]班?(?=[(]?[0-9一二三四五六七八九十]{1,2}[)]?班)|20\d\d级|[七八九]年|(?<=[学校中小])[一二三四五六七八九1-9](?=[(])|(?<=学校)[一二三四五六七八九1-9](?=[(]))[(]?[0-9一二三四五六七八九十]{1,2}[)]?班(?!次|级|班?主任|车|子|等\d)"
)
_OFFICE_BEFORE: Final = re.compile(
    r"(?:政府|行政|办公|政务|服务中心|大厦|大楼|委员会|管委会|局|院|所|学校|中学|小学|会议|园区|银行|中心|税务|法院|窗口|酒店|宾馆|商场|市场|商铺|门面)[\u4e00-\u9fff]{0,8}$"
)
_AN_OFFICES: Final = re.compile(
    r"^[^,，。;；]{0,6}(?:窗口|会议室|办公室|大厅|接待|受理|门诊|诊室|教室|实验室)"
)
_COUNTED: Final = re.compile(
    r"(?:共|有|计|含|涉及|建成|新建|改造|规划|设计|合计|总计)[\s约]{0,2}$"
)  # 共28栋1560户
_DOOR: Final = re.compile(
    r"(?:0[1-9]|1[0-9]|[一二三四五六七八九十])户$"
)  # of the doors of a floor: 3栋502户, not 15栋1200户
_HOSTEL: Final = re.compile(r"宿舍|家属院|家属楼|公寓")


def homes(text: str) -> Iterator[Span]:
    """A dwelling's number, or a house's after a word of living there;
    a room in an office building is none.
    """
    if _NUMBERED.search(text) is None:  # to look through the rest costs a sixth of the whole reading
        return
    for match in _LIVES.finditer(text):
        yield match.span()
    for match in _DWELLING.finditer(text):
        before = text[max(0, match.start() - 16) : match.start()]
        if match[0].endswith("户") and (_COUNTED.search(before) or not _DOOR.search(match[0])):
            continue
        is_office = _OFFICE_BEFORE.search(before) and not _HOSTEL.search(before)
        if not is_office and not _AN_OFFICES.match(text[match.end() : match.end() + 12]):
            yield match.span()


def classes(text: str) -> Iterator[Span]:
    """A class of a school, which leads to a minor."""
    for match in _CLASS.finditer(text):
        yield match.span()
