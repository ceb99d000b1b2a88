"""Names by the signs around them alone, whatever else their characters may mean:
with a dot, of minorities, described, acting (R322).
"""

import re
from collections.abc import Iterator
from typing import Final

from domain.terms.lexicon import lexicon
from domain.terms.name_signs import (
    BEFORE,
    BREAK,
    DESCRIPTION,
    DOING,
    HONORIFIC,
    NEVER,
    OFFICE_BEFORE,
    PLACE_AFTER,
    PLACE_LIKE,
    is_label,
    is_role,
)
from domain.terms.surnames import COMMON, COMPOUND, HAN, LESS_COMMON, RARE

_LONGEST: Final = 3
_SURNAMES: Final = frozenset((*COMMON, *LESS_COMMON, *RARE))
_COUNTING: Final = re.compile("[一二两三四五六七八九十百几多余数名位人]")
_TRANSCRIBED: Final = frozenset(
    "阿艾买提木合江古丽依不都卜杜德雷茨赫穆罕塞乃丁拉尔吐孙热汗力克库肯巴特尼牙孜麦努娜姑帕西玛萨迪里夏扎哈"
    "斯达卡别根苏莱曼乌图格日勒其那仁朝鲁敖登吉雅旺次"
    "仁丹增多杰扎西卓嘎央金平措罗布顿珠洛桑索朗才让贡布拉姆衣甫赛亚森沙塔米妮亥尤努伊敏凯赛来祖农玉素甫司马"
    "义奥布海再努比加甫山素玉木铁提艾白尔逊叶波居恩力兰泽多伦曲旦措俄四郎志宗拥绒益贝彭邓赤列晋美肉阔坎仙瓦"
    "孜吾普麦合拜巴哈提娅妮赛"
)

_BESIDE_A_DOT: Final = _TRANSCRIBED | frozenset("则玫佐宰帮荪台谢霍胡什祖然居苏万里孔福呼斯琴音毕其楞珠尕旺")
_MINORITY: Final = re.compile(
    "[{0}]{{2,8}}(?:[·•・‧∙][{0}]{{2,8}}){{1,3}}".format("".join(sorted(_BESIDE_A_DOT)))
)

# After a word for a person whatever has a dot is a name, a foreigner's too: 游客约翰·史密斯。
_DOTTED: Final = re.compile(f"(?=([{HAN}]{{2,6}}(?:[·•・‧∙][{HAN}]{{1,4}}){{1,3}}))")
_WITHOUT_A_DOT: Final = re.compile("(?<![{0}])[{0}]{{4,8}}(?![{0}])".format("".join(sorted(_TRANSCRIBED))))
_VIETNAMESE: Final = re.compile(f"[阮黎陈范黄武裴邓胡潘吴杨李农郑]氏[{HAN}](?:[{HAN}](?=[,，。、系是的(]))?")
# Two of these in a row are a name wherever they stand; one may be a day of the week or a place.
_TIBETAN_WORDS: Final = (
    "扎西|顿珠|卓玛|次仁|央金|多吉|平措|罗布|洛桑|旺堆|尼玛|达瓦|格桑|拉姆|白玛|贡布|丹增|索朗|索南|才"
    "旦|桑珠|边巴|旦增|巴桑|德吉|仁青|仁增|才仁|才让|曲珍|曲扎|拉珍|"
    "旺姆|旺久|旺杰|普布|强巴|晋美|嘎玛|土登|群培|群佩|次旺|次旦|加措|嘉措|顿旦|措姆|卓嘎|江白|阿旺|益西|班"
    "觉|占堆|欧珠|朗杰|南杰|桑杰"
)
_TIBETAN: Final = re.compile(rf"(?:{_TIBETAN_WORDS})(?:{_TIBETAN_WORDS}|措(?![施置])|东[主珠]|措毛|[太拉]毛)")
# Characters that hardly anything but a name is written with: after a word for a person they are one.
_UNCOMMON: Final = re.compile("[\u3400-\u4dbf\U00020000-\U000323af]")
_AFTER_NAMES: Final = re.compile(r"[系是的被已因在与和称说将为未及(（,，。、;；:：\s]|$")
# After it stands what is said of persons alone, whatever else the characters may mean: 贡献，女，汉族。
_DESCRIBED: Final = re.compile(
    f"(?<![{HAN}])([{HAN}]{{2,12}})(?=[(,，、 ]{{1,2}}[男女](?:[,，、。;)） 性]|$))"
)
# What persons alone do: after a word for a person and before it,
# a rarer word is that person's name (租客边疆拖欠房租).
_DEEDS: Final = re.compile(
    r"(?:反映|投诉|举报|来电|来信|来访|称|说|表示|认为|要求|自愿|承认|否认|驾[驶车船]|醉酒|酒后|拖欠|殴打|"
    r"辱骂|报警|报案|拨打|签字|承租|承包|申请|系(?:我|本|外|该|当|误)|因(?:病|医|琐|涉|欠|酒|犯|疲)|"
    r"患病|情绪|骑"
    r"|跳[入江河楼]|坠|溺水|身亡|去世|死亡|受伤|轻伤|重伤|轻微|被(?:刑|行政|警|停|辞|撞|打|抓|困|拘|送|处|"
    r"传|推)|弃车|逃逸|肇事|主动|生于|术后|在逃|捐|就读|居住|租住|拒|未按|擅自|违规|对(?!外|于|接|口|比|应|"
    r"面)|为(?:该|我|本)|一家|一案|电话沟通|领取|重复)"
)
_BEFORE_DEEDS: Final = re.compile(
    f"(?=((?P<surname>[{''.join((*COMMON, *LESS_COMMON))}])"
    f"(?P<given>[{HAN}]{{1,2}}))(?P<deed>{_DEEDS.pattern}))"
)
# Words that begin like a name and say how or when: 家长郑重要求, 居民连日来电.
_MANNERS: Final = frozenset(
    "连时常向任全应曾何单方安平高温和于明强公从当多严齐冷早上周夏秋冬黄白元凌盛乐方万成有金房祖"
)
_RARELY_A_WORD: Final = 11.5
_OF_PERSONS: Final = frozenset("员者户民工手人长生友客商方家傅东主属亲")
# 王 伟: as lists and signatures are set, so that names of two characters are as wide as those of three.
_ALL_APART: Final = re.compile(
    f"([{''.join((*COMMON, *LESS_COMMON))}])[ \\t\u3000]{{1,2}}([{HAN}])[ \\t\u3000]{{1,2}}([{HAN}])"
    r"(?=同志|家属|先生|女士|[,，。;；:：、(]|$)"
)
_SET_APART: Final = re.compile(f"([{''.join((*COMMON, *LESS_COMMON))}])[ \\t\u3000]{{1,2}}([{HAN}])")


def by_their_signs(text: str) -> Iterator[tuple[int, int]]:
    """Where a name is known by what stands around it."""
    yield from _of_minorities(text)
    yield from _set_apart(text)
    yield from _described(text)
    yield from _acting(text)
    yield from _uncommon(text)


def _of_minorities(text: str) -> Iterator[tuple[int, int]]:
    """Names with ·, or after a word for a person without it,
    in the characters by which such names are written.
    """
    for match in _WITHOUT_A_DOT.finditer(text):
        before = text[max(0, match.start() - BEFORE) : match.start()]
        if is_role(before) or is_label(before):
            yield match.span()
    for match in _VIETNAMESE.finditer(text):
        if is_role(text[max(0, match.start() - BEFORE) : match.start()]):
            yield match.span()
    for match in _TIBETAN.finditer(text):
        if not PLACE_AFTER.match(text, match.end()):
            yield match.span()
    yield from _dotted(text)


def _dotted(text: str) -> Iterator[tuple[int, int]]:
    for match in _DOTTED.finditer(text):
        before = text[max(0, match.start(1) - BEFORE) : match.start(1)]
        is_known = _MINORITY.match(text, match.start(1))  # whose characters say where it ends
        if not is_known and (is_role(before) or is_label(before)):
            yield match.span(1)
    for match in _MINORITY.finditer(text):
        if not OFFICE_BEFORE.search(text[max(0, match.start() - BEFORE) : match.start()]):
            yield match.span()


def _described(text: str) -> Iterator[tuple[int, int]]:
    """Names of which it says right after that they are a man's or a woman's,
    alone in their clause or after a word for a person.
    """
    for match in _DESCRIBED.finditer(text):
        for size in (4, 3, 2):
            start = match.end(1) - size
            name = text[start : match.end(1)]
            is_long = size > _LONGEST and name[:2] not in COMPOUND
            if start < match.start(1) or is_long or not NEVER.isdisjoint(name[1:]) or _COUNTING.search(name):
                continue
            before = text[max(0, start - BEFORE) : start]
            is_alone = start == match.start(1) and (name[0] in _SURNAMES or name[:2] in COMPOUND)
            if is_alone or is_role(before) or is_label(before):
                yield start, match.end(1)
                break


def _acting(text: str) -> Iterator[tuple[int, int]]:
    """Rarer words right between a word for a person and what persons alone do;
    nothing that says how or when.
    """
    words = lexicon().words
    for match in _BEFORE_DEEDS.finditer(text):
        start, end = match.span(1)
        name, last = match[1], match["given"][-1]
        says_how = match["surname"] in _MANNERS or last in _OF_PERSONS or not NEVER.isdisjoint(match["given"])
        is_masked = HONORIFIC.match(text, start + 1) or HONORIFIC.match(text, start + 2)
        is_word = words.get(name, _RARELY_A_WORD) < _RARELY_A_WORD
        if says_how or is_masked or is_word or PLACE_AFTER.match(text, end):
            continue
        before = text[max(0, start - BEFORE) : start]
        if is_role(before) and not OFFICE_BEFORE.search(before):
            yield start, end


def _uncommon(text: str) -> Iterator[tuple[int, int]]:
    """Names with a character beyond the common ones, right after a word for a person."""
    for match in _UNCOMMON.finditer(text):
        for start in (match.start(), match.start() - 1, match.start() - 2):
            before = text[max(0, start - BEFORE) : max(0, start)]
            if start < 0 or not (is_role(before) or is_label(before)):
                continue
            ends = [end for end in (start + 3, start + 2) if match.end() <= end <= len(text)]
            end = next((end for end in ends if _AFTER_NAMES.match(text, end)), ends[-1] if ends else 0)
            if end and NEVER.isdisjoint(text[start:end]):
                yield start, end
                break


def _set_apart(text: str) -> Iterator[tuple[int, int]]:
    """Names with a blank in them after a word for a person,
    where something is said of them or they end a clause.
    """
    for match in _ALL_APART.finditer(text):
        name = "".join(match.groups())
        if name not in lexicon().words and NEVER.isdisjoint(name) and name[-1] not in PLACE_LIKE:
            yield match.span()
    for match in _SET_APART.finditer(text):
        before = text[max(0, match.start() - BEFORE) : match.start()]
        if match[2] in NEVER or not (is_role(before) or is_label(before)):
            continue
        if any(sign.match(text, match.end()) for sign in (DESCRIPTION, DOING, BREAK)):
            yield match.span()
