"""What was told about an obligation, with the receipts, and what was healed of its case:
as a certificate tells it, in Chinese.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from domain.hearing import Hearer
from domain.law.hearing_table import Recipient
from domain.law.regulation import Law
from domain.purposes import Purpose
from storage.call_tables import CallReceiptRow
from storage.healings import Phase
from storage.installation_tables import HealingRow
from storage.receipts import CallStatus
from storage.tables import NoticeRow, table
from words.cards import unit_name
from words.labels import label, label_of

_NOTICE, _RECEIPT, _HEALING = table(NoticeRow), table(CallReceiptRow), table(HealingRow)
_FAULTS: Final = {
    "log_behind": "事件日志缺少记录",
    "workflow_behind": "工作流落后于事件日志",
    "fork": "两份记录互相冲突",
    "no_workflow": "没有工作流",
    "workflow_ended": "工作流被终止或失败",
    "does_not_replay": "工作流无法重放",
    "older_release": "由旧版本记录",
    "asked_for": "要求重新启动",
    "unfinished": "上次恢复未完成",
}
_PHASES: Final = {Phase.BEGUN: "开始恢复", Phase.DONE: "已恢复", Phase.FAILED: "未能恢复"}


def notices_told(
    connection: Connection, incident_id: str, obligation: str, numbers: Collection[int], law: Law
) -> list[dict[str, Any]]:
    """The notices that name an obligation, or came of one of these events, in their order;
    each with its receipts.
    """
    statement = (
        select(_NOTICE)
        .where(
            _NOTICE.c.incident_id == incident_id,
            or_(_NOTICE.c.subject == obligation, _NOTICE.c.event_number.in_(sorted(numbers))),
        )
        .order_by(_NOTICE.c.position)
    )
    receipts: dict[tuple[int, str, str], list[dict[str, Any]]] = {}
    of_case = select(_RECEIPT).where(_RECEIPT.c.incident_id == incident_id).order_by(_RECEIPT.c.position)
    for row in connection.execute(of_case).mappings():
        key = row["event_number"], row["purpose"], row["unit"]
        receipts.setdefault(key, []).append(
            {
                "at": _iso(row["at"]),
                "channel": label("call_channels", row["channel"]).zh if row["channel"] else "",
                "to": "、".join(_hearer(code) for code in row["hearer"].split(",") if code),
                "person": _person(row["person"], row["deputy_for"]),
                "status": label_of(CallStatus(row["status"])).zh,
                "message": row["message_id"],
            }
        )
    return [
        {
            "record": row["event_number"],
            "purpose": label_of(Purpose(row["purpose"])).zh,
            "unit": unit_name(law, row["unit"]),
            "delivered_at": _iso(row["delivered_at"]),
            "acknowledged_at": _iso(row["acknowledged_at"]),
            "acknowledged_by": row["acknowledged_by"] or "",
            "receipts": receipts.get((row["event_number"], row["purpose"], row["unit"]), []),
        }
        for row in connection.execute(statement).mappings()
    ]


def _person(login: str, deputy_for: str) -> str:
    return f"{login}（代理 {deputy_for}）" if deputy_for else login


def _hearer(code: str) -> str:
    member = Hearer(code) if code in set(Hearer) else Recipient(code) if code in set(Recipient) else None
    return label_of(member).zh if member else code


def healings_told(connection: Connection, incident_id: str) -> list[dict[str, Any]]:
    """What was done to bring the records of a case together, in its order."""
    statement = select(_HEALING).where(_HEALING.c.incident_id == incident_id).order_by(_HEALING.c.position)
    return [
        {
            "at": _iso(row["at"]),
            "phase": row["phase"],
            "what": (
                f"{_PHASES[Phase(row['phase'])]}："
                f"{'、'.join(_FAULTS.get(code, code) for code in row['faults'].split())}"
            ),
        }
        for row in connection.execute(statement).mappings()
    ]


def _iso(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat(timespec="seconds") if instant else None
