"""Which notice a newer one replaces in the list: of one case and purpose,
about the same kind of thing at the same level.
"""

from collections.abc import Iterable

from desk.notices.gravity import is_grave
from domain.purposes import Purpose
from domain.terms.ids import split, without_cause
from storage.notice_board import WaitingNotice

Sort = tuple[str, str, str]


def sort_of(incident_id: str, purpose: Purpose, subject: str) -> Sort:
    """What two notices have in common where the newer one replaces the older; the record keeps both.

    A grave one is replaced by nothing but what tells of the very same thing.
    Of others the kind counts: of an obligation its kind and unit, of a paper its kind; a level is a kind.
    """
    if is_grave(purpose, subject):
        return incident_id, purpose.value, subject
    kind = without_cause(subject) or split(subject)[0] or subject
    return incident_id, purpose.value, kind


def taken_with(waiting: Iterable[WaitingNotice], positions: Iterable[int]) -> tuple[int, ...]:
    """What acknowledging these notices takes: themselves and the older ones that they replace.

    Of several named at one time the grave ones are left waiting: each of them is acknowledged by itself.
    """
    by_position = {one.position: one for one in waiting}
    heads = [by_position[position] for position in dict.fromkeys(positions) if position in by_position]
    if len(heads) > 1:
        heads = [one for one in heads if not is_grave(one.purpose, one.subject)]
    newest = {sort_of(one.incident_id, one.purpose, one.subject): 0 for one in heads}
    for one in heads:
        sort = sort_of(one.incident_id, one.purpose, one.subject)
        newest[sort] = max(newest[sort], one.position)
    return tuple(
        one.position
        for one in by_position.values()
        if one.position <= newest.get(sort_of(one.incident_id, one.purpose, one.subject), -1)
    )
