"""Figures with their units and qualifiers in a text:
三十人、1.2万元、10余人、百分之三十、两个半小时、500㎡ (DD-41).

Texts are read in their common form (`plain_text.folded`), blanks left out or not. What is vague is a range.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from domain.terms.numerals import DIGITS, below_ten_thousand, from_han, number_and_grain

_SCALES: Final = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}

# Each unit with the one that it is told in, and how many of those it is.
_UNITS: Final[dict[str, tuple[str, int | Fraction]]] = {
    **dict.fromkeys(("人", "名", "位", "个人", "口人", "名人员", "人员", "口", "例", "名群众"), ("人", 1)),
    **dict.fromkeys(("元", "块", "块钱", "元人民币", "人民币", "圆"), ("元", 1)),
    **dict.fromkeys(("平方米", "平米", "m2", "㎡", "平方", "m²"), ("平方米", 1)),
    "亩": ("平方米", Fraction(2000, 3)),
    "公顷": ("平方米", 10000),
    "平方公里": ("平方米", 10**6),
    "平方千米": ("平方米", 10**6),
    **dict.fromkeys(("米", "m"), ("米", 1)),
    **dict.fromkeys(("角", "毛", "毛钱"), ("元", Fraction(1, 10))),
    **dict.fromkeys(("公里", "千米", "km"), ("米", 1000)),
    **dict.fromkeys(("里", "里地", "里路", "华里"), ("米", 500)),
    **dict.fromkeys(("厘米", "cm", "公分"), ("米", Fraction(1, 100))),
    **dict.fromkeys(("毫米", "mm"), ("米", Fraction(1, 1000))),
    **dict.fromkeys(("公斤", "千克", "kg"), ("千克", 1)),
    **dict.fromkeys(("吨", "t"), ("千克", 1000)),
    "斤": ("千克", Fraction(1, 2)),
    **dict.fromkeys(("克", "g"), ("千克", Fraction(1, 1000))),
    "市两": ("千克", Fraction(1, 20)),
    **dict.fromkeys(("度电", "千瓦时", "kwh"), ("千瓦时", 1)),
    "瓦时": ("千瓦时", Fraction(1, 1000)),
    **dict.fromkeys(("千瓦", "kw"), ("千瓦", 1)),
    **dict.fromkeys(("瓦", "w"), ("千瓦", Fraction(1, 1000))),
    "兆瓦": ("千瓦", 1000),
    **dict.fromkeys(("立方米", "立方", "m3", "方", "m³"), ("立方米", 1)),
    **dict.fromkeys(("升", "公升", "l"), ("升", 1)),
    **dict.fromkeys(("毫升", "ml"), ("升", Fraction(1, 1000))),
    **dict.fromkeys(("分钟", "分"), ("分钟", 1)),
    "刻钟": ("分钟", 15),
    **dict.fromkeys(("小时", "个小时", "个钟头", "h"), ("分钟", 60)),
    **dict.fromkeys(("天", "个昼夜", "昼夜"), ("分钟", 1440)),
    **dict.fromkeys(("周", "个星期", "星期"), ("分钟", 10080)),
    **dict.fromkeys(("个工作日", "工作日"), ("工作日", 1)),
    **dict.fromkeys(("个月", "月"), ("月", 1)),
    **dict.fromkeys(("个季度", "季"), ("月", 3)),
    "年": ("月", 12),
    **dict.fromkeys(("%", "个百分比"), ("%", 1)),
    "‰": ("%", Fraction(1, 10)),
    "倍": ("%", 100),
    "个百分点": ("百分点", 1),
    **dict.fromkeys(("户", "家", "户人家", "家庭"), ("户", 1)),
    **dict.fromkeys(("辆", "台", "辆车", "台车"), ("辆", 1)),
    **dict.fromkeys(("栋", "幢", "座"), ("栋", 1)),
    **dict.fromkeys(("起", "件", "宗", "桩"), ("起", 1)),
    **dict.fromkeys(("次", "人次", "趟", "回"), ("次", 1)),
    **dict.fromkeys(("处", "个点", "个点位"), ("处", 1)),
    **dict.fromkeys(("℃", "°c", "摄氏度", "度"), ("度", 1)),
    **dict.fromkeys(("微克/立方米", "微克每立方米", "μg/m3", "ug/m3"), ("微克/立方米", 1)),
    **dict.fromkeys(("毫克/立方米", "毫克每立方米", "mg/m3"), ("微克/立方米", 1000)),
    **dict.fromkeys(("毫克/升", "毫克每升", "mg/l"), ("毫克/升", 1)),
    **dict.fromkeys(("微克/升", "微克每升", "μg/l", "ug/l"), ("毫克/升", Fraction(1, 1000))),
    **dict.fromkeys(("毫克/100毫升", "mg/100ml"), ("毫克/升", 10)),
    **dict.fromkeys(("毫克/千克", "毫克/公斤", "mg/kg"), ("毫克/千克", 1)),
    **dict.fromkeys(("米/秒", "米每秒", "m/s"), ("米/秒", 1)),
    **dict.fromkeys(("立方米/秒", "立方米每秒", "m3/s"), ("立方米/秒", 1)),
    **dict.fromkeys(("分贝", "db"), ("分贝", 1)),
    **dict.fromkeys(("伏", "伏特", "v"), ("伏", 1)),
    **dict.fromkeys(("千伏", "kv"), ("伏", 1000)),
    **dict.fromkeys(("兆帕", "mpa"), ("兆帕", 1)),
    **dict.fromkeys(("公里/小时", "公里每小时", "千米/小时", "km/h"), ("公里/小时", 1)),
    **{unit: (unit, 1) for unit in "间套所条头只匹株棵批份篇张支项艘架门班层级场轮枚箱瓶袋桶岁"},
    **dict.fromkeys(("个", ""), ("", 1)),
}
_HAN: Final = "零〇一二三四五六七八九十百千两俩壹贰叁肆伍陆柒捌玖拾佰仟"
_DECIMALS: Final = "零〇一二三四五六七八九两"  # after 点: 三点五万; never 十, 百, 千, which are no digits
# 三里 is a way and no place (三里屯、三里街).
_NO_UNIT: Final = {"里": r"(?![\u4e00-\u9fff])", "季": r"(?!度)"}


def _apart(unit: str) -> str:
    return re.escape(unit) + _NO_UNIT.get(unit, "")


_UNIT: Final = "|".join(_apart(unit) for unit in sorted(_UNITS, key=len, reverse=True) if unit)
_NUMBER: Final = rf"(?:[{_HAN}]{{1,5}}亿[{_HAN}]{{1,5}}万(?![{_HAN}])|[{_HAN}]{{1,5}}亿(?:[{_HAN}]{{1,5}}万)?[{_HAN}]{{1,6}}|[{_HAN}]{{1,5}}万[{_HAN}]{{1,6}}|\d{{1,4}}万(?:\d千(?:\d百)?|\d百)(?:\d十)?\d?(?!\d)|\d千\d百(?:\d十)?\d?(?!\d)|\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,6}})?|\d{{1,15}}(?:\.\d{{1,6}})?|[{_HAN}]{{1,9}}点[{_DECIMALS}]{{1,4}}(?![{_HAN}])|[{_HAN}]{{1,9}}|半)"
_BEFORE: Final = "至少|(?<!不)(?:下于|少于|低于|小于)|不高于|不多于|不大于|(?<!不)(?:高于|多于|大于)|不下于?|不少于|不低于|最少|超过|超|逾|多达|高达|近|约|大约|大概|约为|将近|接近|不足|不到|不超过|最多|至多|上"
_AFTER: Final = "余|多|来|几"
_ABOUT: Final = frozenset({"约", "大约", "大概", "约为"})
_ALMOST: Final = frozenset({"近", "将近", "接近"})
_AROUND: Final = frozenset({"左右", "上下", "许"})
_AT_LEAST: Final = frozenset({"至少", "不下", "不下于", "不少于", "不低于", "最少"})
_ABOVE: Final = frozenset({"超过", "高于", "多于", "大于"})
_BEYOND: Final = frozenset({"超", "逾", "多达", "上"})
_BELOW: Final = frozenset({"不足", "不到", "下于", "少于", "低于", "小于"})
_AT_MOST: Final = frozenset({"不超过", "不高于", "不多于", "不大于", "最多", "至多"})
_LATER: Final = "左右|上下|以上|以下|以内|许|之多"
_SCALE: Final = "万亿|千万|百万|万|亿|千|百"
_FIGURE: Final = re.compile(
    rf"(?P<before>{_BEFORE})?(?:百分之(?P<percent>{_NUMBER})(?P<percent_vague>多|余)?"
    rf"|万分之(?P<myriad>{_NUMBER})"
    rf"|(?P<below>[{_HAN}\d]{{1,3}})分之(?P<above>[{_HAN}\d]{{1,3}})"
    rf"|(?P<tenths>[一二两三四五六七八九\d](?:\.\d)?)成(?P<half_tenth>半)?(?![立为员功都本就交绩熟果效长年])"
    rf"|(?<![数几好])(?P<several>[数几好]{{1,3}})(?P<several_scale>十|百|千|万|十万|百万|千万)?(?P<several_unit>{_UNIT})"
    rf"|(?P<number>{_NUMBER})(?P<vague>{_AFTER})?(?P<scale>{_SCALE})?(?P<vague_scale>{_AFTER})?(?P<half>个半)?(?P<unit>{_UNIT})?(?P<half_unit>(?<=[吨斤年里米亩天时块岁])半(?![年月天日小夜径数以]))?)"
    rf"(?P<later>{_LATER})?"
)
_TO: Final = frozenset({"至", "到", "-", "~", "—", "–"})
# 两三、三四十、七八百、十二三: from the one to the other.
_TWO_IN_A_ROW: Final = re.compile(
    r"(?P<head>[一二三四五六七八九]?十)?(?P<one>[一二两三四五六七八])(?P<two>[二两三四五六七八九])(?P<tens>[十百千]?)"
)
_STEPS_OF_TWO: Final = frozenset({("三", "五")})
_MOST: Final = 10**18
_ENDLESS: Final = Fraction(10**24)  # at least so much is any more
_ROUNDED: Final = Fraction(6, 10000)
_NEARLY: Final = Fraction(99, 100)  # 10余 is not 20
_MORE: Final = Fraction(1001, 1000)  # 超过50% is not 50%
_SHORTEST_MONTH, _LONGEST_MONTH = Fraction(59 * 720), Fraction(31 * 1440)  # by their minutes, two on the mean
_IN_PARTS: Final = frozenset({"分钟", "元", "月"})
_WIDE: Final = Fraction(1, 10)  # what is about so much is no tenth more or less


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A figure where it stands: from how much to how much, of what; both the same where it is exact."""

    start: int
    end: int
    low: Fraction
    high: Fraction
    unit: str
    scale: Fraction = Fraction(1)  # what its number counts: 3万元 is of ten thousands
    from_to: bool = False  # whether it says both its ends: 2至3人

    @property
    def is_exact(self) -> bool:
        """Whether it says one number."""
        return self.low == self.high

    def agrees(self, other: "Quantity") -> bool:
        """Whether both may be true of one thing: a bare number is of anything."""
        if {self.unit, other.unit} == {"月", "分钟"}:
            return _in_days(self).agrees(_in_days(other))
        if self.unit != other.unit and self.unit and other.unit:
            return False
        if self.from_to and other.from_to:
            return (self.low, self.high) == (other.low, other.high)
        if not self.is_exact and not other.is_exact:  # 以上 and 以下 share a bound, and say the opposite
            return self.low < other.high and other.low < self.high
        slack = (
            max(self.high, other.high) * _ROUNDED if _is_endless(self.low) or _is_endless(other.low) else 0
        )
        return self.low <= other.high + slack and other.low <= self.high + slack


def _in_days(quantity: Quantity) -> Quantity:
    """Months as the days that they may have: 两个月 is 60天, a year 365."""
    if quantity.unit != "月":
        return quantity
    low, high = quantity.low * _SHORTEST_MONTH, quantity.high * _LONGEST_MONTH
    return replace(quantity, low=low, high=high, unit="分钟", from_to=False)


def _is_endless(number: Fraction) -> bool:
    """Whether no decimal can say it in full, so that who says it in one has rounded: 三分之二, 1亩."""
    below = number.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below != 1


def quantities(text: str) -> Iterator[Quantity]:
    """The figures of a text, in their order."""
    last: Quantity | None = None
    for match in _FIGURE.finditer(text):
        if (quantity := _quantity(match)) is None:
            continue
        if last is not None and (whole := _joined(last, quantity) or _span(text, last, quantity)) is not None:
            last = whole
            continue
        if last is not None:
            yield last
        last = quantity
    if last is not None:
        yield last


def _joined(one: Quantity, other: Quantity) -> Quantity | None:
    """Two figures that are one: 2小时30分、1亿2千万元; None where they are two."""
    if one.end != other.start or not one.is_exact or other.low >= one.low or not other.low:
        return None
    if one.unit != other.unit if one.unit in _IN_PARTS else one.unit or one.low < _SCALES["万"]:
        return None
    return Quantity(
        start=one.start, end=other.end, low=one.low + other.low, high=one.high + other.high, unit=other.unit
    )


def _span(text: str, one: Quantity, other: Quantity) -> Quantity | None:
    """Two figures that are the ends of one: 2至3人、2-3万元; None where they are not."""
    if text[one.end : other.start] not in _TO or not other.unit or one.unit not in {"", other.unit}:
        return None
    if not one.is_exact or not other.is_exact:
        return None
    low = next(
        (low for low in (one.low * (1 if one.unit else other.scale), one.low) if low < other.low), None
    )
    if low is None:
        return None
    return Quantity(
        start=one.start,
        end=other.end,
        low=low,
        high=other.low,
        unit=other.unit,
        scale=other.scale,
        from_to=True,
    )


def _quantity(match: re.Match[str]) -> Quantity | None:
    value = _value(match)
    if value is None or value[0] > _MOST:
        return None
    scale = Fraction(_SCALES[match["scale"] or ""])
    told_in, factor = _UNITS[value[3]]
    ends = _two_in_a_row(match["number"] or "") if match["unit"] or match["scale"] else None
    if ends is not None:
        low, high = (Fraction(end) * scale * factor for end in ends)
        return Quantity(
            start=match.start(),
            end=match.end(),
            low=low,
            high=high,
            unit=told_in,
            scale=scale * factor,
            from_to=True,
        )
    number, grain, vague, _ = value
    low, high = _range(number, grain if vague else Fraction(0), match["before"] or "", match["later"] or "")
    return Quantity(
        start=match.start(),
        end=match.end(),
        low=low * factor,
        high=high * factor,
        unit=told_in,
        scale=scale * factor,
    )


def _two_in_a_row(numeral: str) -> tuple[int, int] | None:
    """The two numbers that 两三 or 三四十 lies between; None where it is one number."""
    match = _TWO_IN_A_ROW.fullmatch(numeral)
    if match is None or (match["head"] and match["tens"]):
        return None
    pair = match["one"], match["two"]
    if DIGITS[pair[1]] - DIGITS[pair[0]] != 1 and pair not in _STEPS_OF_TWO:
        return None
    low, high = (below_ten_thousand(f"{match['head'] or ''}{digit}{match['tens']}") for digit in pair)
    return None if low is None or high is None else (low, high)


def _value(match: re.Match[str]) -> tuple[Fraction, Fraction, bool, str] | None:
    """The number, the place of its last digit, whether it says "and some", and the unit."""
    if match["percent"]:
        number = number_and_grain(match["percent"])
        return None if number is None else (*number, bool(match["percent_vague"]), "%")
    if (share := _share(match)) is not None:
        return share[0] * 100, share[1], False, "%"
    if match["below"] or match["myriad"] or match["tenths"]:
        return None
    if match["several"]:
        scale = Fraction(
            from_han(match["several_scale"] or "") or _SCALES.get(match["several_scale"] or "", 1)
        )
        return scale * 2, scale * 8, scale > 1, match["several_unit"]
    return _plain(match)


def _share(match: re.Match[str]) -> tuple[Fraction, Fraction] | None:
    """What part of the whole 三分之一, 万分之一 or 三成半 is, and the place of its last digit."""
    below = (Fraction(10**4), Fraction(1)) if match["myriad"] else number_and_grain(match["below"] or "十")
    above = number_and_grain(match["myriad"] or match["above"] or match["tenths"] or "半")
    if (
        above is None
        or below is None
        or not below[0]
        or not (match["myriad"] or match["below"] or match["tenths"])
    ):
        return None
    half = Fraction(1, 20) if match["half_tenth"] else 0
    return above[0] / below[0] + half, Fraction(10 if match["tenths"] else 0)


def _plain(match: re.Match[str]) -> tuple[Fraction, Fraction, bool, str] | None:
    number = number_and_grain(match["number"])
    if number is None:
        return None
    scale = _SCALES[match["scale"] or ""]
    value, grain = number[0] * scale, number[1] * scale
    unit = match["unit"] or ""
    if match["half_unit"]:
        value += Fraction(1, 2)
    if match["half"]:
        value += Fraction(scale, 2)
        unit = f"个{unit}" if f"个{unit}" in _UNITS else unit
    return value, grain, bool(match["vague"] or match["vague_scale"]), unit


def _range(number: Fraction, more: Fraction, before: str, later: str) -> tuple[Fraction, Fraction]:
    """From how much to how much: with 余 up to the next of its last digit, with 约 a tenth around,
    with 至少 no less.
    """
    low, high = number, number + more * _NEARLY
    if before in _ALMOST or later in _AROUND:
        low, high = low * (1 - _WIDE), high if before in _ALMOST else high * (1 + _WIDE)
    elif before in _ABOUT:
        low, high = low * (1 - _WIDE), high * (1 + _WIDE)
    elif before in _AT_LEAST or later == "以上":
        high = _ENDLESS
    elif before in _ABOVE | _BEYOND:
        low, high = low * (_MORE if before in _ABOVE else 1), max(high * 2, low + 10)
    elif before in _BELOW:
        low, high = low / 2, low * _NEARLY
    elif before in _AT_MOST or later in {"以下", "以内"}:
        low = low / 2
    return low, high
