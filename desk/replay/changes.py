"""What changed between two states of a case: each thing that differs, as it was and as it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from desk.case.view import IncidentPage
from words.cards import CardText
from words.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDifference:
    """One thing that differs; `before` is empty for what is new, `after` for what is gone."""

    what: str
    before: str
    after: str


def differences(before: IncidentPage | None, after: IncidentPage) -> tuple[StateDifference, ...]:
    """What a state has otherwise than the one before it;
    of the first state nothing, since all of it is new.
    """
    return () if before is None else tuple(_differences(before, after))


def _differences(before: IncidentPage, after: IncidentPage) -> Iterator[StateDifference]:
    yield from _of(_figures(before), _figures(after))
    yield from _of(_obligations(before), _obligations(after))
    yield from _of(_steps(before), _steps(after))
    yield from _of(_texts(before), _texts(after))
    yield from _of(_papers(before), _papers(after))
    yield from _of(_peers(before), _peers(after))
    yield from _of(_points(before), _points(after))


def _of(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[StateDifference]:
    for what in dict.fromkeys((*before, *after)):
        old, new = before.get(what, ""), after.get(what, "")
        if old != new:
            yield StateDifference(what=what, before=old, after=new)


def _figures(page: IncidentPage) -> dict[str, str]:
    first = page.holders[0] if page.holders else None
    return {
        say("阶段"): page.stage,
        say("预警等级"): page.axes.level,
        say("突发事件等级"): page.axes.grade,
        say("时限类别"): page.axes.response_class,
        say("现由谁办"): say("{unit} {deed}", unit=first.unit, deed=first.deed) if first else say("无"),
        say("来源"): _count(len(page.sources) + page.beyond.get("sources", 0)),
        say("公众关切"): _count(len(page.concerns)),
        say("已回应的关切"): _count(sum(row.is_answered for row in page.concerns)),
        say("覆盖率"): page.coverage.rate if page.coverage else "",
    }


def _count(number: int) -> str:
    return str(number) if number else ""


def _cards(page: IncidentPage) -> Iterator[CardText]:
    yield from page.cards.owed
    yield from page.cards.done
    yield from page.cards.lapsed


def _obligations(page: IncidentPage) -> dict[str, str]:
    """Each obligation by kind, unit and due instant's name;
    two of one kind and unit are told apart by a number.
    """
    named: dict[str, str] = {}
    for card in sorted(_cards(page), key=lambda one: one.id):
        name = say("{unit}：{obligation}", unit=card.unit, obligation=card.kind)
        what, number = name, 2
        while what in named:
            what, number = f"{name} ({number})", number + 1
        named[what] = say(
            "{lamp} · {status}，{due} 到期", lamp=card.lamp_word, status=card.status, due=card.due.text
        )
    return named


def _steps(page: IncidentPage) -> dict[str, str]:
    return {say("进度：{step}", step=step.name): step.word for step in page.steps}


def _texts(page: IncidentPage) -> dict[str, str]:
    drafts = {
        say("文稿《{title}》", title=row.title): say("；").join(
            (
                say("已公布") if row.is_published else say("审核、会签 {count} 条", count=len(row.reviews)),
                *row.holds,
            )
        )
        for row in reversed(page.drafts)
    }
    return drafts | _numbered(
        (say("公布《{title}》", title=row.title), _publication(row.notes, row.unit))
        for row in page.publications
    )


def _publication(notes: Iterable[str], unit: str) -> str:
    return say("；").join((unit, *notes))


def _numbered(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    named: dict[str, str] = {}
    for name, value in pairs:
        what, number = name, 2
        while what in named:
            what, number = f"{name} ({number})", number + 1
        named[what] = value
    return named


def _papers(page: IncidentPage) -> dict[str, str]:
    papers = (
        (say("文书：{paper}，致 {unit}", paper=row.name, unit=row.unit), row.status) for row in page.papers
    )
    return _numbered(papers)


def _peers(page: IncidentPage) -> dict[str, str]:
    return _numbered((say("核实：{unit}", unit=row.peer), row.answer) for row in page.peers)


def _points(page: IncidentPage) -> dict[str, str]:
    return {say("得分：{unit}", unit=score.unit): score.total for score in page.scores}
