"""Programs that hold the collector of garbage back while they import let it go on afterwards."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_collector_works_once_a_program_has_been_imported():
    program = "import gc, web, worker, watch.__main__; assert gc.isenabled()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
