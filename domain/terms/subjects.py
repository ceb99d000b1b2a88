"""What figures and conclusions are about, by class: 死亡 and 遇难 are one, 受伤 and 伤者 (DD-41)."""

import re
from enum import StrEnum
from typing import Final


class SubjectClass(StrEnum):
    """What is counted, valued or concluded; several words of one class speak of the same."""

    DEATHS = "deaths"
    INJURED = "injured"
    BADLY_INJURED = "badly_injured"
    LIGHTLY_INJURED = "lightly_injured"
    MISSING = "missing"
    TRAPPED = "trapped"
    RESCUED = "rescued"
    IN_HOSPITAL = "in_hospital"
    EVACUATED = "evacuated"
    AFFECTED = "affected"
    DETAINED = "detained"
    LOSS = "loss"
    FINE = "fine"
    AREA = "area"
    STILL_TRAPPED = "still_trapped"
    STILL_IN_HOSPITAL = "still_in_hospital"
    DRIVER = "driver"  # who is named in which part, and where it happened: no figure either
    SUSPECT = "suspect"
    DECEASED = "deceased"
    VICTIM = "victim"
    OWNER = "owner"
    TEACHER = "teacher"
    STAFF = "staff"
    CALLER = "caller"
    POSTER = "poster"
    TOWN = "town"
    VILLAGE = "village"
    ROAD = "road"
    OCCURRED = "occurred"  # when it happened, and what is concluded: no figure
    CONCLUSION = "conclusion"


# In this order, the longer words before the shorter ones that stand in them.
WORDS: Final = {
    SubjectClass.BADLY_INJURED: r"重伤|伤势较重|重症",
    SubjectClass.LIGHTLY_INJURED: r"轻微?伤|皮外伤",
    SubjectClass.DEATHS: r"当场死亡|(?:经)?抢救无效死亡|死亡|遇难者?|身亡|丧生|罹难|死者|去世|离世|殒命|溺亡|牺牲|殉职|(?<!生)死",
    SubjectClass.INJURED: r"不同程度受伤|受伤|伤者|负伤|擦伤|烧伤|伤",
    SubjectClass.MISSING: r"失联|失踪|下落不明|去向不明|不知去向|不知所踪|生死不明|生死未卜|音讯全无|杳无音[讯信]|失去联系|联系不上|走失|走散",
    SubjectClass.TRAPPED: r"被困|受困|被埋|埋压",
    SubjectClass.RESCUED: r"获救|救出|脱险|生还",
    SubjectClass.IN_HOSPITAL: r"住院|送医|就诊|收治|入院|就医|留观",
    SubjectClass.EVACUATED: r"转移|疏散|撤离|转运",
    SubjectClass.AFFECTED: r"受灾|受影响|波及",
    SubjectClass.DETAINED: r"刑拘|刑事拘留|行政拘留|拘留|逮捕|控制",
    SubjectClass.LOSS: r"直接经济损失|经济损失|损失",
    SubjectClass.FINE: r"罚款|罚金|处罚",
    SubjectClass.AREA: r"过火面积|占地面积|面积|过火",
}
SUBJECT: Final = re.compile("|".join(f"(?P<{name.value}>{words})" for name, words in WORDS.items()))
# Those of which a count is of heads, and the unit that the others are counted in.
HEADS: Final = frozenset(WORDS) - {SubjectClass.LOSS, SubjectClass.FINE, SubjectClass.AREA}
UNIT_OF: Final = {
    **dict.fromkeys(HEADS, frozenset({"人", ""})),
    SubjectClass.LOSS: frozenset({"元"}),
    SubjectClass.FINE: frozenset({"元"}),
    SubjectClass.AREA: frozenset({"平方米"}),
}


def class_of(words: str) -> SubjectClass | None:
    """The class that words speak of; None where they speak of none."""
    match = SUBJECT.search(words)
    return SubjectClass(match.lastgroup) if match and match.lastgroup else None


class Verdict(StrEnum):
    """What is concluded of what was said in public."""

    TRUE = "true"
    FALSE = "false"
    PARTLY = "partly"
    MOSTLY = "mostly"
    SOUND = "sound"
    UNSOUND = "unsound"


_HARM: Final = "(伤亡|死亡|遇难|身亡|溺亡|重伤|受伤|失联|失踪|下落不明|走失|被困)"
NOBODY: Final = (
    rf"(?:未造成|未发生|未发现|未接报|未出现|未有|暂无|尚无|无任何|没有|无)(?:任何)?(?:人员|人)?{_HARM}"
    rf"|(?:无|没有)(?:一|任何)?(?:人员?|例|名人员)?{_HARM}|[零0]{_HARM}"
)
_FALSE: Final = (
    r"(?:情况|反映|内容|信息|传言|说法|问题)?(?:均|都|完全|纯|严重)?(?:不属实|不实|失实|与事实(?:严重)?不符|与实际(?:情况)?不符|(?:系|为|属|是)?(?:谣言|虚假信息|虚假|不实信息)"
    r"|不存在|并?无此事|没有此事|查无此事|不成立|子虚乌有|纯属虚构)"
)
VERDICTS: Final = {
    Verdict.PARTLY: re.compile(r"部分(?:内容|情况)?(?:属实|不实|失实)|有一定(?:事实)?依据"),
    Verdict.MOSTLY: re.compile(r"(?:基本|大体|总体|大部分)属实"),
    Verdict.FALSE: re.compile(_FALSE),
    Verdict.UNSOUND: re.compile(
        r"(?:检测|抽检)?(?:结果)?(?:为|均)?(?:不合格|不达标|未达标|不符合(?:国家)?标准|超标)"
    ),
    Verdict.TRUE: re.compile(
        r"(?:情况|反映|内容|问题|均|完全)?(?:属实|确有其事|确实存在|情况存在|问题存在|真实)"
    ),
    Verdict.SOUND: re.compile(r"(?:检测|抽检)?(?:结果)?(?:均|全部)?(?:合格|达标|符合(?:国家)?标准|正常)"),
}


# What is denied of a test is said outright: 未检出超标、不再超标 as 达标, 不太正常、未合格 as 不达标.
_NO_FAULT: Final = re.compile(
    r"(?<!有)(?:不存在|没有|[不未无没])(?:有|再|曾|见|任何|明显|发现|出现|检出|检测[出到]|监测[出到]){0,3}"
    r"(?:超标|异常|不合格|不达标|不正常)"
)
_NOT_SOUND: Final = re.compile(r"[不未没](?:能|太|够|很|完全|全部){0,2}(?:正常|合格|达标)")


def _outright(words: str) -> str:
    return _NOT_SOUND.sub("不达标", _NO_FAULT.sub("达标", words))


def verdict_of(words: str) -> Verdict | None:
    """What words conclude, the more careful before the plain; None where they conclude nothing."""
    said = _outright(words)
    return next((verdict for verdict, pattern in VERDICTS.items() if pattern.search(said)), None)


_TESTED: Final = re.compile(r"检测|抽检|检验|化验|监测|送检|采样|水样|样品|结果|指标")
_NOT_THERE: Final = re.compile(r"(?<!情况)(?<!问题)(?<!现象)不存在")
HEDGED: Final = re.compile(
    r"(?:是否|有无|有没有|可能|疑似|如果?|若)[^,，]{0,6}(?:属实|不实|失实|存在|真实|合格|达标|超标|正常)"
)
_OF_TESTS: Final = frozenset({Verdict.SOUND, Verdict.UNSOUND})


def conclusion_of(sentence: str) -> Verdict | None:
    """What a sentence of a text concludes: 体征正常 and 不存在安全隐患 conclude nothing,
    nor does 是否属实.
    """
    if HEDGED.search(sentence):
        return None
    words = _NOT_THERE.sub("", _outright(sentence))
    tested = _TESTED.search(words) is not None
    return next(
        (
            verdict
            for verdict, pattern in VERDICTS.items()
            if (tested or verdict not in _OF_TESTS) and pattern.search(words)
        ),
        None,
    )


def opposed(one: Verdict, other: Verdict) -> bool:
    """Whether two conclusions exclude each other: what is true or not, and what is sound or not,
    are two questions.
    """
    return one is not other and (one in _OF_TESTS) == (other in _OF_TESTS)
