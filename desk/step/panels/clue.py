"""线索移交: the act, its basis and its proof, whose two signatures there are,
and whether the receiver confirmed it (R386).
"""

from collections.abc import Iterator
from dataclasses import replace

from desk.step.fields import Option
from desk.step.options import options_in
from desk.step.panels.panel import (
    LineMark,
    Panel,
    PanelLine,
    PanelLink,
    Passage,
    StepContext,
    StepPanel,
    plain,
    warned,
)
from domain.case.clues import RIGHTS, Clue, ClueNature
from domain.steps.transfer import ANSWERS
from words.cards import unit_name
from words.labels import label, word
from words.language import say
from words.wording import absolute, listed

_SIGNERS = 2


def proposing(circumstance: StepContext) -> StepPanel:
    """The aid to propose a transfer: what is a clue and what never is, and those on record."""
    natures = tuple(
        Option(value=nature.value, text=word(nature)) for nature in ClueNature if nature not in RIGHTS
    )
    rights = listed(word(nature) for nature in ClueNature if nature in RIGHTS)
    rule = Panel(
        heading=say("什么可以移交"),
        lines=(
            *warned(say("{rights}是公民权利，不得作为线索移交。", rights=rights)),
            *plain(
                say(
                    "一件线索只写一个对象的一个具体行为：最多一个姓名或账号，不写号码、住址、人数和名单，"
                    "不贴帖文；证据放在“证据”里。"
                ),
                say("须两位负责同志签批：本单位两位，或本单位一位、牵头协调单位一位。"),
                say("移交与回应并行，不停止回应时限。"),
            ),
        ),
    )
    return StepPanel(panels=(rule, *_on_record(circumstance)), options={"nature": natures})


def signing(circumstance: StepContext) -> StepPanel:
    """The aid to sign a clue: the clue in full, who has signed, and what the signature brings."""
    answer = declining(circumstance)
    return replace(answer, shows_preview="clue" in answer.values)


def declining(circumstance: StepContext) -> StepPanel:
    """The aid to decline a clue: the clue in full, and who has signed."""
    clues = _named(circumstance)
    values = {"clue": (clues[0].id,)} if len(clues) == 1 else {}
    return StepPanel(
        panels=tuple(_clue(circumstance, clue) for clue in clues),
        values=values,
        others=tuple(_others(circumstance, clues)),
    )


def receipt(circumstance: StepContext) -> StepPanel:
    """The aid to confirm a clue, and to report what came of it."""
    clues = _named(circumstance)
    values = {"clue": (clues[0].id,)} if len(clues) == 1 else {}
    return StepPanel(panels=tuple(_clue(circumstance, clue) for clue in clues), values=values)


def _named(circumstance: StepContext) -> tuple[Clue, ...]:
    listed = (
        options_in(circumstance.kind, circumstance.incident.law, circumstance.incident, circumstance.actor)(
            "clue"
        )
        or ()
    )
    codes = {option.value for option in listed}
    name = circumstance.one("clue")
    wanted = {name} if name in codes else codes
    return tuple(clue for clue in circumstance.incident.clues if clue.id in wanted)


def _on_record(circumstance: StepContext) -> Iterator[Panel]:
    for clue in circumstance.incident.clues:
        yield Panel(heading=say("已提出：{act}", act=clue.act), lines=tuple(_state(clue)), is_folded=True)


def _clue(circumstance: StepContext, clue: Clue) -> Panel:
    law = circumstance.incident.law
    return Panel(
        heading=say("线索：{act}", act=clue.act),
        passages=(
            Passage(heading=say("行为性质"), text=word(clue.nature)),
            Passage(heading=label("fields", "legal_basis").here, text=clue.legal_basis),
            Passage(
                heading=say("由谁提出"),
                text=say("{unit}，{at}", unit=unit_name(law, clue.unit), at=absolute(clue.proposed_at)),
            ),
            Passage(heading=label("fields", "receiver").here, text=unit_name(law, clue.receiver)),
            Passage(
                heading=say("证据 {count} 份", count=len(clue.evidence)), text="\n".join(_evidence(clue))
            ),
        ),
        lines=tuple(_state(clue)),
    )


def _evidence(clue: Clue) -> Iterator[str]:
    for number, item in enumerate(clue.evidence, start=1):
        note = say("（{words}）", words=item.note) if item.note else ""
        yield f"{number}. {item.url}{note}\nSHA-256 {item.sha256}"


def _state(clue: Clue) -> Iterator[PanelLine]:
    """Who signed, and how far the clue has come."""
    for place, signature in enumerate(clue.signatures, start=1):
        text = say(
            "第{place}签：{person}（{side}），{at}",
            place=place,
            person=signature.by.person,
            side=word(signature.side),
            at=absolute(signature.at),
        )
        yield PanelLine(text=text, mark=LineMark.GOOD)
    if clue.declined_at is not None:
        yield PanelLine(text=say("{at} 决定不予移交", at=absolute(clue.declined_at)))
    elif clue.transferred_at is None:
        left = _SIGNERS - len(clue.signatures)
        yield from warned(say("还差 {left} 人签批，签满 2 人即移交", left=left))
    elif clue.acknowledged_at is None:
        yield from warned(say("{at} 已移交，等待回执", at=absolute(clue.transferred_at)))
    else:
        yield PanelLine(
            text=say("{at} 收到回执：{receipt}", at=absolute(clue.acknowledged_at), receipt=clue.receipt),
            mark=LineMark.GOOD,
        )
        yield PanelLine(text=say("查处结果：{result}", result=clue.result or say("尚未反馈")))


def _others(circumstance: StepContext, clues: tuple[Clue, ...]) -> Iterator[PanelLink]:
    if len(clues) == 1:
        yield from circumstance.other_answers(ANSWERS, clue=clues[0].id)
