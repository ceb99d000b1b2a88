"""线索的写法: a clue tells one act of one subject, and nothing more of a person (三(六)#3, R386, DD-35)."""

import re
from collections.abc import Iterator
from typing import Final, Protocol

from domain.law.regulation import THIRD_EDITION
from domain.rules.exposure import found_in_letter
from domain.terms.copies import changed
from domain.terms.findings import Finding, PersonalDataKind, Reading
from domain.terms.listed_names import listed_names
from domain.terms.refusals import Reason, Refused
from domain.terms.surnames import COMMON, LESS_COMMON

_NUMERAL: Final = "0-9〇零一二两三四五六七八九十百千万几数多余若干"
# 3个账号、五名男子、上百人、若干条帖文; one is no several, and 第25条 is of a law.
_SEVERAL: Final = re.compile(
    rf"(?<![第{_NUMERAL}.])([{_NUMERAL}]{{1,8}})个?"
    r"(?:(?:微博|微信|抖音|网络|社交)?(?:账号|帐号|账户)|[名位条人]|男子|女子|网民|网友|用户|群)"
)
_ONE: Final = frozenset({"1", "一", "01"})
_LISTED: Final = re.compile(r"名单|所列|全部|等人|等账号|等帐号|等多|附后|附表|清单")
_QUOTED: Final = re.compile(r"[“\"「『《][^”\"」』》]{0,200}[”\"」』》]")
_HANDLE: Final = re.compile(r"[@＠]\s?([\w\u4e00-\u9fff-]{1,30})")
_NICKNAME: Final = re.compile(
    r"(?:用户|账号|帐号|网名|昵称|网友|网民|博主|群主|主播)(?:名?为|名|叫|是|[:：])?[“\"「『‘]([^”\"」』’]{1,30})[”\"」』’]"
)
_AND_NICKNAME: Final = re.compile(r"[”\"」』’][、和及与,，/][“\"「『‘]([^”\"」』’]{1,30})[”\"」』’]")
_MASKED: Final = re.compile(
    rf"([{''.join((*COMMON, *LESS_COMMON))}]某[某甲乙丙丁]?)(?![种些个天日地处时年月])"
)
_LANDLINE: Final = re.compile(r"(?<!\d)0\d{2,3}[- ]?[2-9]\d{6,7}(?!\d)")
_NAMED: Final = frozenset({PersonalDataKind.NAME, PersonalDataKind.SOCIAL_ACCOUNT})
_MOST: Final = 1  # one name or one handle may stand


class Told(Protocol):
    """A clue, or the proposal of one, with its texts."""

    @property
    def act(self) -> str: ...  # noqa: D102  as of a clue
    @property
    def legal_basis(self) -> str: ...  # noqa: D102


def clue_fields(clue: Told) -> tuple[tuple[str, str], ...]:
    """The texts of the letter by which a clue goes out."""
    return (("act", clue.act), ("legal_basis", clue.legal_basis))


def read_clue(clue: Told, edition: int) -> Reading:
    """What a clue gives away, names in a list among it."""
    reading = found_in_letter(clue_fields(clue), edition)
    if reading.reader < THIRD_EDITION:
        return reading
    known = {
        (finding.start, finding.start + finding.length)
        for finding in reading.findings
        if finding.field == "act"
    }
    names = tuple(
        Finding(kind=PersonalDataKind.NAME, field="act", start=start, length=end - start)
        for start, end in listed_names(clue.act)
        if (start, end) not in known
    )
    return changed(reading, findings=(*reading.findings, *names))


def check_one_subject(act: str, reading: Reading) -> None:
    """Refuses a clue about several, and one that tells a number or an address of a person (DD-35).

    What stands in quotation marks is what was said, and makes no several by its figures.
    """
    bare = _QUOTED.sub("“”", act)
    if _counts_several(bare) or _LISTED.search(bare) or len(set(_named(act, reading))) > _MOST:
        raise Refused(Reason.CLUE_NOT_ONE_ACT, "act")
    check_nothing_personal(act, reading)


def check_nothing_personal(act: str, reading: Reading) -> None:
    """Refuses numbers of identity, telephones, plates, cards and addresses, wherever in a clue they stand."""
    kinds = sorted({finding.kind for finding in reading.findings if finding.kind not in _NAMED})
    if kinds or _LANDLINE.search(act):
        raise Refused(Reason.PERSONAL_DATA, ",".join(kinds) or "act")


def _counts_several(bare: str) -> bool:
    return any(match[1] not in _ONE for match in _SEVERAL.finditer(bare))


def _named(act: str, reading: Reading) -> Iterator[str]:
    """Each person and each handle that is named, by what stands there."""
    for finding in reading.findings:
        if finding.field == "act" and finding.kind in _NAMED:
            yield _words(act, finding)
    for sign in (_HANDLE, _NICKNAME, _MASKED):
        yield from (match[1] for match in sign.finditer(act))
    if _NICKNAME.search(act):
        yield from (match[1] for match in _AND_NICKNAME.finditer(act))


def _words(act: str, finding: Finding) -> str:
    return act[finding.start : finding.start + finding.length]
