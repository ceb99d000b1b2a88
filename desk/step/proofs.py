"""证据 of a step: files of the case, files that come with the form, and links;
what is seen is hashed here, never typed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, get_args

from casework.attaching import Received
from desk.attachments.receiving import WaitingFiles
from desk.step.fields import FILES, FormField, Option, Options, Typed, members
from desk.step.form_errors import FormErrors
from domain.case.records import Evidence
from domain.case.state import Incident
from domain.catalogue import COMMANDS
from storage.attachments import MOST_OF_CASE, Attachment, CheckedFile
from words.language import say


class FilesRefused(Exception):  # noqa: N818  an answer to the sender, not an error of the program
    """Files that came with a step are not taken: each with its fault, those that waited too long,
    or that do not fit.
    """

    def __init__(self, came: Received, advice: str = "") -> None:
        super().__init__()
        self._came = came
        self._advice = advice or say("已填写的内容和其余附件都在；请更换下列附件，或不带它们重新提交。")

    def errors(self, field: str) -> FormErrors:
        """Why, in words, and beside the field of proofs."""
        return FormErrors(
            title=say("有附件未能接收"),
            advice=self._advice,
            clause="",
            places=tuple(self._came.faults),
            faults={field: say("有附件未能接收")},
        )


def case_is_full(came: Received) -> FilesRefused:
    """The case holds all the files that it may."""
    return FilesRefused(
        came,
        say("本件附件已满（{count} 个，合计 400 MB）：请选用已有的附件，或填写链接。", count=MOST_OF_CASE),
    )


def waited_too_long(came: Received) -> FilesRefused:
    """A file that came with the form before is not there any more."""
    return FilesRefused(came, say("先前收到的附件已过保存时间，请重新选择；已填写的内容都在。"))


_PLACE: Final = "/incidents/{incident_id}/attachments/{number}"


@cache
def proof_field(kind: str) -> str:
    """The field of a command that takes proofs; empty for a command that takes none,
    and for what is no command.
    """
    if kind not in COMMANDS:
        return ""
    command: Any = COMMANDS[kind]
    names = (field.name for field, hint in members(command) if Evidence in get_args(hint))
    return next(names, "")


def with_files(options: Options, incident: Incident | None, files: Sequence[Attachment]) -> Options:
    """What each field may name, and what a field of proofs may: the files of the case, the latest first."""

    def choices(field: str) -> Sequence[Option] | None:
        if incident is None or not field.endswith(FILES):
            return options(field)
        return _choices(incident.incident_id, files)

    return choices


def _choices(incident_id: str, files: Sequence[Attachment]) -> list[Option]:
    return [
        Option(
            value=str(one.number),
            text=one.name,
            picture=f"{place_of(incident_id, one.number)}/thumbnail" if one.width is not None else "",
        )
        for one in reversed(files)
    ]


def place_of(incident_id: str, number: int) -> str:
    """Where a file of a case is fetched."""
    return _PLACE.format(incident_id=incident_id, number=number)


def with_proofs(
    content: dict[str, Any],
    kind: str,
    typed: Typed,
    *,
    incident_id: str,
    files: Iterable[Attachment],
    fresh: Iterable[CheckedFile] = (),
) -> dict[str, Any]:
    """The content of a command with the files that were chosen, and those that come with the form,
    before its links.
    """
    name = proof_field(kind)
    if not name:
        return content
    numbers = frozenset(typed.get(f"{name}{FILES}", ()))
    proofs = [
        {"url": place_of(incident_id, one.number), "sha256": one.sha256}
        for one in files
        if str(one.number) in numbers
    ]
    proofs += [{"url": place_of(incident_id, 0), "sha256": one.sha256} for one in fresh]
    links = content.get(name, [])
    return {**content, name: [*proofs, *links]} if proofs or links else content


def with_chosen(typed: Typed, kind: str, numbers: Iterable[int]) -> dict[str, Sequence[str]]:
    """What was typed, with more files of the case chosen."""
    name = f"{proof_field(kind)}{FILES}"
    return {**typed, name: [*dict.fromkeys((*typed.get(name, ()), *map(str, numbers)))]}


def with_waiting(
    entries: Iterable[FormField], kind: str, waiting: Iterable[WaitingFiles]
) -> tuple[FormField, ...]:
    """The form, with the files that wait for it beside its proofs."""
    name = proof_field(kind)
    own = tuple(waiting)
    return tuple(replace(one, waiting=own) if one.name == name else one for one in entries)
