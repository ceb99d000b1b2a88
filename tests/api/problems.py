"""How a problem must look."""

from typing import Any

import httpx2


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """The problem, after a look at what every problem must have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    assert content["type"] == f"urn:huiying:problem:{code}", content
    assert content["status"] == status
    assert all(content[name] for name in ("title", "title_en", "detail", "detail_en", "trace_id"))
    assert "{subject}" not in content["detail"] + content["detail_en"]
    return content
