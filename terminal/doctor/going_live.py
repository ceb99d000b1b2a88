"""What 启用清单 says is missing, in one line: the page has what to do about each."""

from collections.abc import Iterable

from casework.going_live import GoingLiveLine, LineState
from terminal.doctor.findings import DoctorFinding, note, well
from words.going_live import LINES
from words.language import english


def of_the_list(lines: Iterable[GoingLiveLine]) -> DoctorFinding:
    """Which lines are missing; never a fault, since a system that is tried out lacks most of them."""
    missing = [LINES[line.item].name for line in lines if line.state is LineState.MISSING]
    if not missing:
        return well("启用清单各项都已具备。", "Nothing of the list for going live is missing.")
    return note(
        f"正式启用前还缺 {len(missing)} 项：{'、'.join(missing)}。系统管理员在 /going-live 看要办什么。",
        (
            f"Before going live {len(missing)} are missing: {', '.join(map(english, missing))}."
            " The system administrator reads at /going-live what to do."
        ),
    )
