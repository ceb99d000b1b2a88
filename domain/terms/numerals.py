"""Numbers in digits and in Chinese numerals: 三十、1万2千、叁万、二〇二六、三点五 (DD-41)."""

from fractions import Fraction
from typing import Final

DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "两": 2,
    "俩": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_TENS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_AS_HAN: Final = str.maketrans("0123456789", "〇一二三四五六七八九")  # 1万2千
_NUMERALS: Final = frozenset(DIGITS) | frozenset(_TENS)


def number_and_grain(text: str) -> tuple[Fraction, Fraction] | None:
    """A number, and the place of its last digit that is not nought."""
    if text == "半":
        return Fraction(1, 2), Fraction(0)
    whole, _, decimals = text.replace(",", "").partition("." if text[0].isdigit() else "点")
    number = int(whole) if whole.isdecimal() else from_han(whole.translate(_AS_HAN))
    if number is None:
        return None
    if decimals:
        if not set(decimals) <= DIGITS.keys() and not decimals.isdecimal():
            return None
        places = "".join(str(DIGITS.get(character, character)) for character in decimals)
        return Fraction(f"{number}.{places}"), Fraction(1, 10 ** len(places))
    noughts = len(str(number)) - len(str(number).rstrip("0")) if number else 0
    return Fraction(number), Fraction(10**noughts)


def from_han(numeral: str) -> int | None:
    """A Chinese numeral; None where it is none."""
    total = 0
    for mark, scale in (("亿", 10**8), ("万", 10**4), ("", 1)):
        head, sign, numeral = numeral.partition(mark) if mark and mark in numeral else ("", "", numeral)
        part = (head if sign else "") if mark else numeral
        if sign and len(numeral) == 1 and DIGITS.get(numeral):  # 一万五 is 15000
            total += DIGITS[numeral] * scale // 10
            numeral = ""
        if not part:
            continue
        number = below_ten_thousand(part)
        if number is None:
            return None
        total += number * scale
    return total or (0 if numeral in {"零", "〇"} else None)


def below_ten_thousand(numeral: str) -> int | None:
    """A Chinese numeral of at most four digits; None where it is none."""
    if numeral.isdecimal():
        return int(numeral)
    if not set(numeral) <= _NUMERALS:
        return None
    if not set(numeral) & set(_TENS):
        return int("".join(str(DIGITS[character]) for character in numeral))
    total, digit = 0, None
    for character in numeral:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        else:
            digit = DIGITS[character]
    return total + (digit or 0)


def numeral(text: str) -> int | None:
    """A whole number in digits or Chinese numerals; None where it is none."""
    return int(text) if text.isdecimal() else from_han(text)
