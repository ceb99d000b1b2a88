"""The certificate as one page: what of its statement is printed, shortened until it fits,
and never silently.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import typst

from papers.typesetting import Unprintable, as_pdf, pages
from words.wording import absolute, begun

_GROUP: Final = 4  # digits of the code together
_CODE_DIGITS: Final = 32  # of the file's SHA-256: 128 bits
_ROOM: Final = ((14, 8, 4, 220), (10, 5, 3, 140), (7, 3, 2, 90), (4, 2, 1, 60), (2, 1, 1, 30))


def code_of(sha256: str) -> str:
    """The code on the paper: the first 32 digits of the file's SHA-256, in groups of four."""
    digits = sha256[:_CODE_DIGITS]
    return " ".join(digits[place : place + _GROUP] for place in range(0, _CODE_DIGITS, _GROUP))


def printed(
    statement: Mapping[str, Any], log: Mapping[str, Any], sha256: str, fonts: typst.Fonts | None = None
) -> bytes:
    """The page of a certificate whose JSON has this SHA-256;
    `log` says under which checkpoint its records stand.

    `log` has `origin`, `size`, `at` (ISO), `key` and `records`. Raises NoChineseFont and Unprintable.
    """
    for rows, notices, proofs, longest in _ROOM:
        data = sheet(statement, log, sha256, rows=rows, notices=notices, proofs=proofs, longest=longest)
        paper = as_pdf("certificate", data, datetime.fromisoformat(log["at"]), fonts)
        if pages(paper) == 1:
            return paper
    raise Unprintable


def sheet(
    statement: Mapping[str, Any],
    log: Mapping[str, Any],
    sha256: str,
    *,
    rows: int,
    notices: int,
    proofs: int,
    longest: int,
) -> dict[str, Any]:
    """What is printed, with at most so many rows of the course, notices and proofs,
    and so many characters of a text.
    """
    case, owed, law, clock = (statement[name] for name in ("case", "owed", "law", "clock"))
    course, sent = statement["course"], statement["notices"]
    return {
        "title": begun(f"{case['number']}　{case['title']}", longest),
        "flags": [*(["演练"] if case["is_drill"] else []), *([case["marking"]] if case["marking"] else [])],
        "code": code_of(sha256),
        "sha256": sha256,
        "verdict": statement["verdict"]["chinese"],
        "verdict_english": statement["verdict"]["english"],
        "is_breach": statement["outcome"]["status"] == "breached",
        "facts": [[name, begun(text, longest)] for name, text in facts(statement, proofs) if text],
        "law": begun(
            f"{owed['clause']}：{owed['sentence']}" if owed["sentence"] else owed["clause"], longest
        ),
        "course": [
            [f"{one['record']}", _at(one["at"]), one["who"], begun(f"{one['what']}　{one['text']}", longest)]
            for one in _ends(course, rows)
        ],
        "course_left": max(len(course) - rows, 0),
        "notices": [begun(_notice(one), longest) for one in _ends(sent, notices)],
        "notices_left": max(len(sent) - notices, 0),
        "healings": begun(_healings(statement["healings"]), longest),
        "proof": (
            f"存证日志 {log['origin']}，存证点 {log['size']} 片叶，签署于 {_at(log['at'])}，"
            f"密钥 {log['key']}，存证码 {log['code']}。"
            f"本凭证所依 {log['records']} 条记录各有包含证明，见凭证文件（JSON）。"
        ),
        "how": (
            f"凭证文件（JSON）的 SHA-256：{sha256}。核对：sha256sum 凭证.json，"
            f'或 huiying audit check 凭证.json --code "{code_of(sha256)}"；'
            "没有本系统时用 python3 verify.py 凭证.json（verify.py 在证据包里，格式见 docs/bundle.md）。"
        ),
        "until": f"记录至第 {statement['until']['record']} 号（{_at(statement['until']['at'])}）",
        "rule": (
            f"{law['title']}（{law['regulation']} {law['version']}，规则第 {law['edition']} 版，"
            f"校验值 {law['digest'][:16]}…）"
        ),
        "proves": statement["proves"],
        "cannot": statement["cannot"],
        "clock": clock["warning"],
    }


def _ends(some: Sequence[Any], most: int) -> Sequence[Any]:
    """The first and the last of a long list."""
    if len(some) <= most:
        return some
    first = most // 2
    return [*some[:first], *some[len(some) - (most - first) :]]


def _at(text: str | None) -> str:
    return absolute(datetime.fromisoformat(text)) if text else ""


def facts(statement: Mapping[str, Any], proofs: int) -> Iterator[tuple[str, str]]:
    """The lines of the table, each with its name; of the publication's evidence at most `proofs` items."""
    owed, law, clock, outcome = (statement[name] for name in ("owed", "law", "clock", "outcome"))
    yield "责任单位", owed["by"]
    yield "应办", f"{owed['what']}（由{owed['why']}而起）"
    yield "起算", f"{clock['start_is']} {_at(clock['start'])}（依{clock['start_from']}）"
    limit = f"{clock['limit']}，" if clock["limit"] else ""
    yield "时限", f"{limit}{clock['rule']}，参数 {clock['parameter']}；{clock['calendar']}"
    yield "算法", clock["computation"]
    yield (
        "分级",
        f"{law['response_class']}；突发事件等级：{law['emergency_grade']}"
        + (f"；预警等级：{law['warning_level']}" if law["warning_level"] else ""),
    )
    yield "到期", _at(clock["due"])
    yield "定时启动", f"{_at(clock['armed'])} 记录此项任务，同时设定持久定时器"
    yield "完成", _at(outcome["fulfilled_at"])
    if (met_by := statement["publication"]) is not None:
        yield "公布", _publication(met_by)
        evidence = met_by["evidence"]
        for proof in evidence[:proofs]:
            yield "证据", f"SHA-256 {proof['sha256'] or '无（仅有地址）'}　{proof['url']}"
        if len(evidence) > proofs:
            yield "证据", f"另有 {len(evidence) - proofs} 项，见凭证文件"


def _publication(item: Mapping[str, Any]) -> str:
    text = (
        f"《{item['title']}》{item['form']}，{_at(item['published_at'])} 于{item['channels']}，"
        f"登记于 {_at(item['received_at'])}"
    )
    if item["withdrawn_at"]:
        text += f"；{_at(item['withdrawn_at'])} 撤回"
    if item["superseded_by"]:
        text += "；已被更正"
    return text + (f"；不合规：{'、'.join(item['irregular'])}" if item["irregular"] else "")


def _notice(one: Mapping[str, Any]) -> str:
    receipt = (
        f"{_at(one['acknowledged_at'])} 由 {one['acknowledged_by']} 确认"
        if one["acknowledged_at"]
        else "未确认"
    )
    receipts = "、".join(f"{receipt['channel'] or '—'} {receipt['status']}" for receipt in one["receipts"])
    return f"{one['purpose']} → {one['unit']}：{_at(one['delivered_at'])} 送达，{receipt}" + (
        f"；回执 {receipts}" if receipts else ""
    )


def _healings(some: Sequence[Mapping[str, Any]]) -> str:
    if not some:
        return "值守没有为本件恢复过任何记录。"
    return "；".join(f"{_at(one['at'])} {one['what']}" for one in some)
