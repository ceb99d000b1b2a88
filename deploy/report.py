"""What is said on the terminal once the system is up."""

from settings import LOOPBACK, Settings


def addresses(settings: Settings) -> dict[str, str]:
    """Label → address of each page that a person may open."""
    web = f"http://{settings.host}:{settings.web_port}"
    lines = {"看板 Board": f"{web}/", "接口文档 API docs": f"{web}/docs"}
    if settings.public_port:
        lines["公开回应 Public"] = f"http://{settings.public_host}:{settings.public_port}/"
    if settings.embeds_temporal and settings.temporal_ui:
        ui = f"http://{LOOPBACK}:{settings.temporal_ui_port}"
        lines["Temporal"] = f"{ui}/namespaces/{settings.temporal_namespace}/workflows"
    return lines


def started(settings: Settings, seconds: float) -> str:
    """The whole report, one address a line."""
    lines = [f"回应已启动，用时 {seconds:.1f} 秒。 Huiying is running."]
    rows = addresses(settings) | {"日志 Logs": f"{settings.var_dir}/logs/"}
    lines += [f"  {label}{' ' * (20 - _width(label))}{place}" for label, place in rows.items()]
    lines.append(
        "按 Ctrl-C 停止，数据留在原处，下次接着走。 Ctrl-C stops it; the next start goes on where it was."
    )
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns on a terminal, where Chinese characters take two."""
    return sum(1 if character.isascii() else 2 for character in text)
