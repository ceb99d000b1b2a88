"""What a browser is shown when the program itself has failed: a page that needs nothing but itself, in both languages."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.errors import trace_id
from api.rendering import TEMPLATES
from words.labels import explanation


def wants_page(request: Request) -> bool:
    """Browsers say that they take HTML; programs do not, and below /api nobody gets a page."""
    takes_html = "text/html" in request.headers.get("accept", "")
    return takes_html and not request.url.path.startswith(("/api/", "/static/"))


def defect_page(request: Request, status: int) -> HTMLResponse:
    """The page; it asks neither the database nor Temporal, which may be what failed."""
    text = TEMPLATES.get_template("defect.html").render(
        text=explanation("on_pages", "internal"), trace_id=trace_id(request)
    )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
