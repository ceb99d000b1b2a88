"""What rests on a clause: the steps, obligations, papers, parameters and refusals that cite it,
from the tables that the rules use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.case.oversight import Alarm
from domain.catalogue import COMMANDS
from domain.law.articles import PARAMETER_ARTICLES
from domain.law.obligation_kinds import KIND_RULES
from domain.law.responsibility import RULE_CLAUSES
from domain.rules.papers import PAPER_CLAUSES
from domain.rules.watch import CLAUSE as WATCH_CLAUSE
from storage.regulation_text import cited
from words.labels import explanations, label, word
from words.language import Language, marked, say, spoken

_OBLIGATIONS, _STEPS, _PAPERS = marked("时限任务"), marked("办理步骤"), marked("文书种类")
_RULES, _ALARMS = marked("责任认定规则"), marked("告警")
_PARAMETERS, _REFUSALS = marked("参数"), marked("不予受理的情形")
_SORTS: Final = (_OBLIGATIONS, _STEPS, _PAPERS, _RULES, _ALARMS, _PARAMETERS, _REFUSALS)
_PARAMETER_WORDS: Final = {
    "h24_grades": marked("适用24小时的突发事件等级"),
    "limits.h24": marked("24小时对外公布的时限"),
    "limits.h48": marked("48小时回应的时限"),
    "limits.reclassified": marked("升级后留足的时间"),
    "limits.forward": marked("上级来文转办时限"),
    "limits.sign": marked("签收时限"),
    "limits.verify": marked("核实时限"),
    "limits.report_up": marked("上报时限"),
    "limits.follow_up_max": marked("承诺下次发布的最长时间"),
    "limits.continuous_gap": marked("持续发布间隔"),
    "limits.internal_target": marked("内部目标时限"),
    "limits.rectify_workdays": marked("整改工作日数"),
    "interim_counts": marked("阶段性回应是否算回应"),
    "thresholds": marked("预警等级的触发数值"),
    "floors": marked("预警等级的下限"),
    "weights": marked("四要素权重"),
    "escalation": marked("提醒和督办阶梯"),
    "hearing": marked("谁知悉、多快知悉"),
    "overlay": marked("上位规定的提示时限"),
    "scores": marked("考评分值"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """Rules of one sort that rest on a clause, in words."""

    name: str
    items: tuple[str, ...]


def rule_groups(regulation: str, key: str) -> tuple[RuleGroup, ...]:
    """What rests on a clause of a regulation, obligations first; sorts without any are left out."""
    resting = _resting(regulation).get(key, {})
    return tuple(
        RuleGroup(name=say(name), items=tuple(dict.fromkeys(resting[name])))
        for name in _SORTS
        if name in resting
    )


def rule_counts(regulation: str) -> dict[str, int]:
    """How many rules rest on each clause that any rests on."""
    return {
        key: sum(len(set(items)) for items in groups.values()) for key, groups in _resting(regulation).items()
    }


def _resting(regulation: str) -> dict[str, dict[str, list[str]]]:
    rules: dict[str, dict[str, list[str]]] = {}
    for article, group, text in _all():
        if key := cited(regulation, article):
            rules.setdefault(key, {}).setdefault(group, []).append(text)
    return rules


def _all() -> Iterator[tuple[str, str, str]]:
    """Article, sort and words of every rule that cites."""
    for kind, command in COMMANDS.items():
        yield command.clause, _STEPS, label("commands", kind).here
    for rule, clause in RULE_CLAUSES.items():
        yield clause, _RULES, f"{rule} {word(rule)}"
    for name, article in PARAMETER_ARTICLES.items():
        yield article, _PARAMETERS, say(_PARAMETER_WORDS.get(name, name))
    yield from _named()


def _named() -> Iterator[tuple[str, str, str]]:
    for kind, rule in KIND_RULES.items():
        yield rule.article, _OBLIGATIONS, word(kind)
    for paper, clause in PAPER_CLAUSES.items():
        yield clause, _PAPERS, word(paper)
    for alarm in Alarm:
        yield WATCH_CLAUSE, _ALARMS, word(alarm)
    english = spoken() is Language.ENGLISH
    for words in explanations()["reasons"].values():
        if words.clause:
            yield words.clause, _REFUSALS, words.title.en if english else words.title.zh
