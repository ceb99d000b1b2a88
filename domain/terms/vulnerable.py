"""未成年人、病人、受害人: what a text tells of the family,
health or origin of one of them whom it lets people recognise (DD-36).

Counts, 某 names and anonymous mentions lead to nobody;
a full name does, or two of: age, kinship, place (village, school, class, ward), plate, picture.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from domain.terms.findings import PersonalDataKind
from domain.terms.personal_numbers import plates
from domain.terms.surnames import COMMON, LESS_COMMON

_HAN: Final = "\u4e00-\u9fff"
_SENTENCE: Final = re.compile(r"[^。!?;\n]+")
_ADULT: Final = 18
_ENOUGH: Final = 2  # signs by which one without a name is recognised

_AGE: Final = re.compile(r"(?<![\d.])(\d{1,3}|[一二三四五六七八九十]{1,3})(?:周)?岁(?!以[上下]|及以)")
_DIGITS: Final = {digit: number for number, digit in enumerate("零一二三四五六七八九")}
_KIN: Final = "儿子|女儿|孙子|孙女|外孙|妻子|丈夫|父亲|母亲|弟弟|妹妹|哥哥|姐姐|侄子|侄女|养子|养女"
_SIGNS: Final = (
    _AGE,
    re.compile(rf"(?<![其该])(?:之[子女妻夫父母孙](?![一间])|的(?:{_KIN}))"),
    re.compile(
        rf"(?<![{_HAN}]某)(?<![各该本某全中市等])(?:[{_HAN}]{{2}}(?:村(?![民委务级镇居])|屯(?!里)|小学|中学|一中|二中|三中|中心校|幼儿园|职中|职校))"
        r"|(?:[一二三四五六七八九]年级|[初高][一二三])?[((]?\d{1,2}[))]?班(?![级车长子])|[一二三四五六七八九\d]+(?:号病房|病区|床位|号床|楼病房)"
    ),
    re.compile(r"附(?:图|照片)|[如见]图|图为|(?:照片|视频|画面|图片)[中里上]|\(图[一二三\d]{0,2}\)"),
)
_GENERAL: Final = re.compile(
    "招[生收]|(?:入学|申请|报名|入园|补助|救助)(?:条件|对象|范围|资格)|对象[为是]|均可|凡|[须需应](?:当|要)?(?:提供|具备|符合|满足|户籍)|可(?:申请|享受|就近)|政策"
)
_MINOR: Final = re.compile(
    "男童|女童|幼童|儿童|男孩|女孩|孩子|小孩|婴儿|婴幼儿|幼儿|未成年|学生|小学生|中学生|初中生|高中生|少年|少女|留守"
)
_PATIENT: Final = re.compile("患者|病人|病患|住院|就诊|确诊|产妇|孕妇|患有|病例")
_VICTIM: Final = re.compile(
    "受害|被害|死者|逝者|伤者|遇难|失踪|失联|被困|被侵害|被性侵|被猥亵|被拐|被打|被殴|溺水|坠楼|当事女"
)
_SEVERAL: Final = re.compile(
    r"(?<![第年月])(?:[2-9]|\d{2,}|[二两三四五六七八九十百数几多]|若干|部分)余?(?:名|位|人|例|个(?:孩子|小孩|学生|儿童|家庭|人))(?![次均])|等人|等\d|多人|各位|学生们|孩子们|患者们"
)
_MASKED: Final = re.compile(rf"[{''.join((*COMMON, *LESS_COMMON))}]某")
# The one spoken of before: 其父, 该生, 她.
_SAME: Final = re.compile(
    "其(?![中他余它实次])|该(?:生|名|女|男|童|患者|学生|同学|伤者|死者)|[他她](?![们人])|本人"
)

_FACTS: Final = {
    PersonalDataKind.FAMILY_FACT: re.compile(
        "父母(?:双亡|离异|离婚|分居|失联|入狱|服刑|外出|(?:长期|常年|均|都)?在外|残疾|吸毒)|离异家庭|单亲|再婚家庭|重组家庭|孤儿|留守(?:儿童|家庭)|(?:父亲|母亲|父|母)(?:早逝|去世|病故|服刑|入狱|出走|改嫁|失踪|残疾|吸毒|酗酒|再婚|(?:长期|常年)?在外)"
        "|(?:收养|领养|抱养|寄养|过继)|非婚生|私生|婚外|未婚先孕|家庭(?:贫困|困难|暴力)|低保(?:户|家庭)|贫困户|建档立卡|抚养权|监护权|随(?:爷爷|奶奶|外公|外婆|祖父母)生活"
    ),
    PersonalDataKind.HEALTH_FACT: re.compile(
        "抑郁|焦虑症|精神(?:病|障碍|分裂|疾病|异常)|自闭|孤独症|智力(?:障碍|残疾|低下)|残疾|艾滋|HIV|梅毒|性病|乙肝|肺结核|癌|肿瘤|白血病|尿毒症|糖尿病|心脏病|先天性|癫痫|染色体|怀孕|流产|堕胎|宫外孕|自残|自杀|轻生|病史"
        "|(?:患有|罹患|确诊(?:为)?|诊断为)[^，,。;]{1,12}|骨折|烧伤|烫伤|截肢|失明|颅脑|脑震荡|昏迷|重症|ICU|伤残|[轻重]微?伤[一二]级|处女膜|性侵"
    ),
    PersonalDataKind.ORIGIN_FACT: re.compile(
        "籍贯|祖籍|原籍|户籍(?:地|在|为)?|出生地|[汉苗回藏壮满彝侗瑶畲蒙]族|少数民族|生父|生母|弃婴|黑户|混血|外国籍|[\u4e00-\u9fff]{2,3}省(?:籍|人)"
    ),
}


class FactAbout(NamedTuple):
    """Where a text tells such a fact, and of what kind."""

    kind: PersonalDataKind
    start: int
    end: int


def facts_about_one(text: str, names: Collection[int]) -> Iterator[FactAbout]:
    """The facts that a text tells of one minor, patient or victim whom it lets people recognise;
    `names` is where full names begin.

    A sentence leads to one by itself, with the sentence before it,
    or by going on about who was recognised before.
    """
    somebody, before = False, 0
    for match in _SENTENCE.finditer(text):
        here = match.span()
        goes_on = bool(_SAME.search(text, *here))
        by_itself = _leads_to_one(text, here, names) or (
            goes_on and _leads_to_one(text, (before, here[1]), names)
        )
        if by_itself or (somebody and goes_on and not _leads_to_nobody(text, here)):
            for kind, sign in _FACTS.items():
                yield from (FactAbout(kind, *fact.span()) for fact in sign.finditer(text, *here))
        somebody, before = somebody or by_itself, here[0]


def _leads_to_nobody(text: str, span: tuple[int, int]) -> bool:
    """Whether a stretch speaks of several, of everybody, or of a masked name:
    counts and rules lead to nobody.
    """
    return any(sign.search(text, *span) for sign in (_SEVERAL, _GENERAL, _MASKED))


def _leads_to_one(text: str, span: tuple[int, int], names: Collection[int]) -> bool:
    """Whether a stretch of text is about one minor, patient or victim, and says who it is."""
    if not _is_vulnerable(text, span) or _SEVERAL.search(text, *span) or _GENERAL.search(text, *span):
        return False
    if any(span[0] <= start < span[1] for start in names):
        return True
    if _MASKED.search(text, *span):
        return False
    signs = sum(bool(sign.search(text, *span)) for sign in _SIGNS)
    return signs + any(True for _ in plates(text[slice(*span)])) >= _ENOUGH


def _is_vulnerable(text: str, span: tuple[int, int]) -> bool:
    words = (_MINOR, _PATIENT, _VICTIM)
    return any(sign.search(text, *span) for sign in words) or any(
        _years(match[1]) < _ADULT for match in _AGE.finditer(text, *span)
    )


def _years(numeral: str) -> int:
    if numeral.isascii():
        return int(numeral)
    tens, _, ones = numeral.rpartition("十")
    if "十" not in numeral:
        return _DIGITS.get(numeral, _ADULT)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + _DIGITS.get(ones, 0)
