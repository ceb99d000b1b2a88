"""The documentation of the API: OpenAPI from the routes, shown by files of this machine alone."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, JSONResponse

from api.audit_book import unwritten
from api.request_log import POLICY
from api.schemas import components
from api.security import PUBLIC
from api.static_files import STATIC

DESCRIPTION: Final = (
    "政务舆情应急处置：登记、核实、研判、交办、回应、督办、办结。"
    "每个步骤须带 Idempotency-Key；同一值重发得到同样的回答，只办理一次；该值随步骤长期保存，"
    "不要写入个人信息。"
    "时间一律写明时区（ISO 8601），回答中为 UTC。"
    "国家秘密不得录入本系统（登记、文稿、附件均同）。"
    "\n\nEach command carries an Idempotency-Key: sent again with the same content it gives the same"
    " answer, once; it is kept with the step, so put nothing personal into it. "
    "Instants name their zone; answers are in UTC. Problems are RFC 9457 with a stable `type`. "
    "State secrets are not entered: neither at registration, nor in texts or attachments."
)
# Swagger UI writes styles into its own markup.
_STYLES_TOO = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])


@router.get("/docs")
@unwritten("the documentation, open to all")
async def show_docs() -> FileResponse:
    """接口文档。 The documentation as a page."""
    return FileResponse(STATIC / "docs.html", headers={"Content-Security-Policy": _STYLES_TOO})


@router.get("/openapi.json")
@unwritten("the documentation, open to all")
async def show_openapi(request: Request) -> JSONResponse:
    """The documentation as OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of the application, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=_TAGS
        )
        schema["components"]["schemas"] = {**schema["components"].get("schemas", {}), **components()}
        app.openapi_schema = schema
    return app.openapi_schema


_TAGS: list[dict[str, Any]] = [
    {"name": "commands", "description": "办理步骤 · steps that a person takes"},
    {"name": "incidents", "description": "事件 · incidents"},
    {"name": "obligations", "description": "时限任务 · obligations"},
    {"name": "inbox", "description": "收件箱 · notices of the caller's unit"},
    {"name": "catalogue", "description": "目录 · commands, units and the text of the regulation"},
    {"name": "system", "description": "运行状况 · health and version"},
]
