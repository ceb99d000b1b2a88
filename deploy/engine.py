"""A Temporal server for the length of one command: the one that runs, else the embedded one,
started for it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio.service import RPCError

from deploy import lock, temporal_server
from deploy.child import Child
from deploy.log_file import LogFile
from deploy.private_files import require_private
from deploy.restoring import require_whole
from settings import Settings


@asynccontextmanager
async def engine(settings: Settings, say: Callable[[str], None]) -> AsyncIterator[None]:
    """Makes sure that Temporal answers inside; raises StartupError where it cannot be started."""
    if not settings.embeds_temporal or await _answers(settings):
        yield
        return
    with lock.hold(settings.var_dir):
        require_private(settings.var_dir)
        require_whole(settings.var_dir)
        temporal_server.claim_file(settings.var_dir, temporal_server.installed_version())
        log = LogFile(settings.var_dir / "logs" / "temporal.log")
        child = Child("temporal", temporal_server.command(settings), log, say)
        await child.start()
        try:
            client = await temporal_server.until_healthy(settings)
            await temporal_server.keep_histories(client, settings.temporal_retention)
            yield
        finally:
            await child.stop(settings.stop_seconds)


async def _answers(settings: Settings) -> bool:
    try:
        await temporal_server.reach(settings)
    except (RPCError, RuntimeError):
        return False
    return True
