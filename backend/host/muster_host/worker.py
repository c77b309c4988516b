"""The background worker: Celery with its clock, every service's tasks on one event loop.

Tasks are coroutines and wait more than they compute, so threads hold their places and one process is enough; gRPC
does not survive a fork besides.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def run_worker(names: Sequence[str], *, threads: int, beat: bool, lanes: Sequence[str]) -> int:
    """Work until told to stop; answers the process's exit status."""
    from celery.beat import EmbeddedService  # noqa: PLC0415 - Celery is slow to import

    from muster_core.logs import configure_logs  # noqa: PLC0415
    from muster_core.settings import environment_settings  # noqa: PLC0415
    from muster_core.tasks import make_celery  # noqa: PLC0415
    from muster_host.application import make_runtime  # noqa: PLC0415
    from muster_host.services import chosen  # noqa: PLC0415

    _end_with_parent()
    settings = environment_settings()
    configure_logs(settings.log_level, settings.log_format)
    services = chosen(names)
    tasks = [task for service in services for task in service.work]
    url = settings.cache_url.get_secret_value() if settings.cache_url else ""
    if not url:
        sys.exit(
            "muster: The worker needs MUSTER_CACHE_URL; `muster up` starts one with everything it needs."
        )
    app = make_celery(url, tasks, lambda: make_runtime(settings))
    app.conf.update(beat_scheduler="celery.beat:Scheduler", worker_redirect_stdouts=False)
    if beat:
        # In memory: every tick does whatever is due by the database, so nothing has to be remembered here.
        cast("threading.Thread", EmbeddedService(app, max_interval=1, thread=True)).start()
    app.worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={threads}",
            f"--queues={','.join(lanes)}",
            f"--hostname=muster-{os.getpid()}@%h",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            "--loglevel=WARNING",
        ]
    )
    return 0


def _end_with_parent() -> None:
    """Let the kernel end this worker with the `muster up` that started it, even by kill -9."""
    parent = int(os.environ.get("MUSTER_WORKER_PARENT", "0"))
    if parent and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(0)
