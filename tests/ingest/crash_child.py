"""Runs syncs that are killed: one process with everything imported, which forks a child for each.

Reads lines of JSON {"corpus", "index", "rebuild", "embedding", "scale", "kill_after_cpu_s"} from standard input and
answers each with the processor time the child took and whether it was killed (it may be done before). Processor time,
not the clock: a busy machine would shift the moments, and hit nothing or always the same. The signal that the timer
sends ends a process as SIGKILL does, in all its threads and with no code of ours run.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from ingest.sync import sync
from tests.ingest.samples import TestEmbeddings, set_scale


def run_killed(job: dict) -> dict:
    child = os.fork()
    if child == 0:
        sync_to_the_end(job)
    _, status, used = os.wait4(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF
    return {"killed": killed, "failed": status != 0 and not killed, "cpu_s": used.ru_utime + used.ru_stime}


def sync_to_the_end(job: dict) -> None:
    try:
        set_scale(setattr, job["scale"])
        signal.setitimer(signal.ITIMER_PROF, job["kill_after_cpu_s"] or 0)
        sync(Path(job["corpus"]), Path(job["index"]), TestEmbeddings(job["embedding"]), rebuild=job["rebuild"])
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run_killed(json.loads(line))) + "\n")
        sys.stdout.flush()
