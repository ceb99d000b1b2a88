"""The web process: wires ledger, Temporal, routes and pages into one application."""

import gc

_COLLECTS = gc.isenabled()
# Hardly anything that is imported goes away again, and looking through it took a fifth of a start.
gc.disable()

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES
from temporalio.client import Client

from api import (
    attachment_routes,
    certificate_routes,
    docs,
    errors,
    event_stream_routes,
    health,
    incident_routes,
    law_routes,
    office_routes,
    paper_routes,
    similar_routes,
    unit_routes,
)
from api.audit_book import AuditBook, require_written
from api.command_routes import command_router
from api.known_hosts import KnownHosts
from api.locale_middleware import LocaleMiddleware
from api.own_keys import with_own_keys
from api.parts import Parts
from api.request_log import RequestLogMiddleware, configure_logging
from api.security import ApiTokens, require_declared
from api.shutdown import on_shutdown
from api.slow_bodies import SlowBodies
from api.static_files import STATIC, KeptFiles
from api.written_down import WrittenDown
from casework.budgets import Budgets
from casework.commands import Commands
from casework.incident_workflow import open_client
from casework.outlines import Outlines
from casework.pulse import Pulse
from casework.visibility import Visibility
from casework.vitals import Vitals
from casework.watched import Watching
from desk.administration import acts
from desk.alarms import route as alarms
from desk.attachments import route as attachments
from desk.audit_book import route as audit_book
from desk.auditor import route as auditor
from desk.board import route as board
from desk.bundle import route as bundle
from desk.calls import route as call_links
from desk.case import route as incident
from desk.certificate import route as certificate
from desk.channels import route as channels
from desk.charts import route as chart_routes
from desk.clauses import route as clauses
from desk.frame import error_pages
from desk.frame import language_switch as switch
from desk.frame.defect import defect_page
from desk.going_live import demonstration
from desk.going_live import route as going_live
from desk.law_changes import route as law_pages
from desk.ledger import route as ledger
from desk.me import on_duty, reached, tokens
from desk.me import route as own_page
from desk.notices import route as notices
from desk.papers import centre, digest
from desk.papers import route as papers
from desk.people import route as people
from desk.people import sheet_route as people_sheet
from desk.personal_data import route as personal_data
from desk.register import route as registering
from desk.replay import route as replay
from desk.retention import route as retention_pages
from desk.search import route as searching
from desk.sheets import route as sheets
from desk.sign_in import one_time_code, passkey_sign_in, passkeys
from desk.sign_in import openid_route as openid_sign_in
from desk.sign_in import route as sign_in
from desk.sign_in.openid import require_extra
from desk.sign_in.second_factor import SecondFactors
from desk.sign_in.turns import SignInTurns
from desk.step import route as acting
from desk.system import engine_codec
from desk.system import route as system
from desk.units import public_route as public_units
from desk.units import route as units
from desk.wall import route as wall_routes
from desk.workbench import route as workbench
from settings import Settings
from storage.database import open_database
from workflows.engine_clock import EngineClock
from workflows.keys import keyring

if _COLLECTS:
    # What was imported stays for good; a collector that is let go would begin by looking through it all.
    gc.freeze()
    gc.enable()

_SQUEEZED = 5  # of 9: beyond it a page takes twice the time for a hundredth of its size
# What is small already, and streams, whose readers wait for each line.
_NOT_SQUEEZED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


def create_app(settings: Settings | None = None, clock: Callable[[], datetime] | None = None) -> FastAPI:
    """The application, from the environment's settings unless given;
    `clock` tells the real time, the engine's unless given.

    Raises RuntimeError when a route declares no access, or the settings name an OpenID provider without the
    extra for it. Neither database nor Temporal need be up: what is down is answered with 503 until it is
    back.
    """
    settings = settings or Settings()
    configure_logging(settings.log_level)
    app = FastAPI(
        title="回应 Huiying",
        version=settings.release,
        description=docs.DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    if settings.oidc_issuer:
        require_extra()
    app.state.settings = settings
    app.state.clock = clock or EngineClock()
    app.state.sign_in_turns = SignInTurns()
    app.state.pulse = Pulse(lambda: app.state.commands.cases.worker_beats())  # noqa: PLW0108  made when it starts
    app.state.second_factors = SecondFactors(settings.second_factor)
    app.state.outlines = Outlines()
    for router in (
        command_router(settings.regulation),
        similar_routes.router,  # before the routes of one incident, of whose ids its path looks like one
        event_stream_routes.router,
        incident_routes.router,
        office_routes.router,
        law_routes.router,
        unit_routes.router,
        health.router,
        board.router,
        sign_in.router,
        sign_in.own,
        own_page.router,
        openid_sign_in.router,
        openid_sign_in.own,
        passkey_sign_in.router,
        one_time_code.router,
        passkeys.router,
        tokens.router,
        reached.router,
        on_duty.router,
        call_links.router,
        switch.router,
        workbench.router,
        acting.router,
        registering.router,
        sheets.router,
        attachments.router,
        attachment_routes.router,
        paper_routes.router,
        certificate_routes.router,
        ledger.router,
        wall_routes.router,
        chart_routes.router,
        going_live.router,
        law_pages.router,
        demonstration.router,
        people_sheet.router,
        people.router,
        units.router,
        public_units.router,
        system.router,
        channels.router,
        engine_codec.router,
        acts.router,
        retention_pages.router,
        audit_book.router,
        incident.router,
        replay.router,
        bundle.router,
        certificate.router,
        papers.router,
        centre.router,
        digest.router,
        auditor.router,
        notices.router,
        searching.router,
        alarms.router,
        personal_data.router,
        clauses.router,
        docs.router,
    ):
        # As they are: FastAPI would make each a second time, at every start, to put nothing before it.
        app.router.routes.extend(router.routes)
    app.mount("/static", KeptFiles(directory=STATIC), name="static")
    errors.install(app)
    error_pages.install(app)
    app.add_middleware(WrittenDown)
    app.add_middleware(GZipMiddleware, compresslevel=_SQUEEZED, exclude_content_types=_NOT_SQUEEZED)
    app.add_middleware(SlowBodies)
    if settings.host_names:
        app.add_middleware(KnownHosts, names=(*settings.host_names, settings.host))
    app.add_middleware(LocaleMiddleware)
    app.add_middleware(RequestLogMiddleware, is_behind_tls=settings.behind_tls, defect_page=defect_page)
    app.openapi = lambda: docs.document(app)  # type: ignore[method-assign]  # FastAPI's own way to replace the document
    require_declared(app.routes)
    require_written(app.routes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        keys = keyring(settings.keys_dir)
        database = open_database(settings.database_url, keys)
        stack.push_async_callback(database.close)
        await stack.enter_async_context(with_own_keys(database, keys))
        client = await open_client(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
        app.state.database = database
        budgets = Budgets(settings.steps_a_minute, settings.text_a_minute)
        app.state.commands = Commands(database, client, settings, app.state.clock, budgets)
        app.state.vitals = Vitals(lambda: app.state.database, app.state.commands.cases)
        app.state.watching = Watching(lambda: app.state.database, app.state.vitals)
        stack.push_async_callback(app.state.watching.close)
        app.state.visibility = Visibility(database, app.state.commands.cases)
        app.state.audit_book = AuditBook(database)
        stack.push_async_callback(app.state.audit_book.close)
        app.state.api_tokens = ApiTokens(database)
        stack.push_async_callback(app.state.api_tokens.close)
        app.state.wall = wall_routes.open_feed(Parts(app.state))
        stack.push_async_callback(app.state.wall.close)
        stack.enter_context(on_shutdown(app.state.wall.stop))
        if isinstance(app.state.clock, EngineClock):
            await stack.enter_async_context(_kept(app.state.clock, client, settings.task_queue))
        yield


@asynccontextmanager
async def _kept(clock: EngineClock, client: Client, task_queue: str) -> AsyncIterator[None]:
    """The clock set by the engine's, before anybody is served, and kept so."""
    await clock.measure(client, task_queue)
    keeping = asyncio.create_task(clock.keep(client, task_queue))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


# What was imported stays for good; looking through it held every reader up for a quarter
# of a second now and then.
gc.freeze()
