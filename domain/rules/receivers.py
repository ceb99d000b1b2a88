"""What a clue may be and who may receive it: one act,
and no organ in its own matter (三(六)#3, R386, DD-21).
"""

import re

from domain.case.clues import Clue, ClueNature
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.regulation import Law, UnitKind
from domain.terms.refusals import Reason, Refused

_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_HANDLE = re.compile(r"[@＠]\w")
_NUMBERED = re.compile(
    r"(?:^|[\s，。；;,、：:])(?:[（(]?\d{1,2}[)）、．]|\d{1,2}\.(?!\d)|[一二三四五六七八九十]、)|[①-⑳]"
)
_SEVERAL = 2


def check_one_act(act: str, edition: int) -> None:
    """One line that numbers no items, no addresses of posts, no handles of posters:
    a list of people or posts is no act.

    From the third edition on one handle may stand (DD-35).
    """
    listed = len(act.splitlines()) > 1 or len(_NUMBERED.findall(act)) >= _SEVERAL
    handled = not Switch.ONE_SUBJECT.is_on(edition) and _HANDLE.search(act)
    if listed or _ADDRESS.search(act) or handled:
        raise Refused(Reason.CLUE_NOT_ONE_ACT, "act")


def check_receiver(incident: Incident, clue: Clue) -> None:
    """Who may receive it, and who may not since the matter is about itself (DD-21)."""
    organs = _organs(incident.law, clue.nature)
    if incident.law.unit(clue.receiver).code not in organs:
        raise Refused(Reason.UNIT_NOT_CONCERNED, clue.receiver)
    police = _police(incident.law)
    kin = police if clue.receiver in police else {clue.receiver}
    if not clue.by_outsider and incident.subjects & kin:
        raise Refused(Reason.CONFLICT_OF_INTEREST, clue.receiver)


def _police(law: Law) -> frozenset[str]:
    """公安 and its 网监: what concerns the one concerns the other."""
    return frozenset({law.offices.public_security, law.offices.cyber_police} - {""})


def _organs(law: Law, nature: ClueNature) -> frozenset[str]:
    """Police, discipline inspection and superior organs look into any act,
    departments into administrative offences.
    """
    above = {unit.code for unit in law.units if unit.type is UnitKind.SUPERIOR_ORGAN}
    organs = _police(law) | above | {law.offices.discipline} - {""}
    if nature is ClueNature.ADMINISTRATIVE_OFFENCE:
        organs |= {unit.code for unit in law.units if unit.type is UnitKind.DEPARTMENT}
    return organs


def clue_of(incident: Incident, clue_id: str) -> Clue:
    """The clue with that id; refuses an unknown one."""
    for clue in incident.clues:
        if clue.id == clue_id:
            return clue
    raise Refused(Reason.UNKNOWN_REFERENCE, clue_id)
