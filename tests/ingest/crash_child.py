"""Runs syncs that are killed: one process with everything imported, which forks a child for each.

Reads lines of JSON {"corpus", "index", "rebuild", "embedding", "kill_after_s"} from standard input and answers each
with the seconds the child lived and whether it was killed (it may be done before).
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import ingest.sync
from ingest.sync import sync
from tests.ingest.samples import TestEmbeddings, small_chunks


def run_killed(job: dict) -> dict:
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        sync(Path(job["corpus"]), Path(job["index"]), TestEmbeddings(job["embedding"]), rebuild=job["rebuild"])
        os._exit(0)
    ended = 0
    while not ended and time.monotonic() - started < job["kill_after_s"]:
        time.sleep(0.001)
        ended, _ = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {"killed": not ended, "seconds": time.monotonic() - started}


if __name__ == "__main__":
    ingest.sync.settings_for = small_chunks
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run_killed(json.loads(line))) + "\n")
        sys.stdout.flush()
