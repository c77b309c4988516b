"""The background worker: Celery, every service's tasks on one event loop.

Tasks are coroutines and wait more than they compute, so threads hold their places and one process is enough; gRPC
does not survive a fork besides.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery import Celery

    from muster_core.celery_app import WorkerLoop
    from muster_core.microservice import Microservice

_PR_SET_PDEATHSIG = 1


def run_worker(
    names: Sequence[str], *, threads: int, lanes: Sequence[str], port: int | None = None
) -> int:
    """Work until told to stop; answers the process's exit status. With `port`, health and metrics are served."""
    from muster_core.celery_app import (  # noqa: PLC0415 - Celery is slow to import
        WorkerLoop,
        add_tasks,
        make_celery,
    )
    from muster_core.logs import configure_logs  # noqa: PLC0415
    from muster_core.rpc import check_settings  # noqa: PLC0415
    from muster_core.scrape import measure_lag, note_faces  # noqa: PLC0415
    from muster_core.tasks import lane_queue  # noqa: PLC0415
    from muster_core.tracing import exporting, service_name  # noqa: PLC0415
    from muster_host.alone import check_alone  # noqa: PLC0415
    from muster_host.application import make_runtime  # noqa: PLC0415
    from muster_host.environment import read_settings  # noqa: PLC0415
    from muster_host.errors import HostError  # noqa: PLC0415
    from muster_host.services import chosen  # noqa: PLC0415

    _end_with_parent()
    settings = read_settings()
    if not settings.tasks_url or settings.database_url is None:
        raise HostError(
            "The worker needs MUSTER_DATABASE_URL, and MUSTER_BROKER_URL or MUSTER_CACHE_URL;"
            " `muster up` starts one with everything it needs."
        )
    services = chosen(names)
    own = [service.name for service in services]
    check_alone(names, settings)
    check_settings(settings, serves=False)
    configure_logs(settings.log_level, settings.log_format)
    app = make_celery(settings.tasks_url, own)
    loop = WorkerLoop(lambda: make_runtime(settings))
    app.conf.update(worker_redirect_stdouts=False)
    add_tasks(app, [task for service in services for task in service.work], loop)
    _prepare(app, embedded=settings.broker_url is None)
    if port is not None:
        _serve_health(loop, services, settings.host, port)
    note_faces(services, ["tasks"])
    loop.begin(measure_lag())
    queues = [lane_queue(name, lane) for lane in lanes for name in own]
    words = [
        "worker",
        "--pool=threads",
        f"--concurrency={threads}",
        f"--queues={','.join(queues)}",
        f"--hostname=muster-{os.getpid()}@%h",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
        "--loglevel=WARNING",
    ]
    with exporting(settings, service_name(own, ["tasks"])):
        app.worker_main(words)
    return 0


def _prepare(app: Celery, *, embedded: bool) -> None:
    """On Valkey, take up at once what an earlier worker was doing when it died.

    There is one worker, so whatever is unacknowledged is nobody's; Celery alone would wait for ten minutes.
    """
    if not embedded:
        return
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        channel.visibility_timeout = 0
        channel.qos.restore_visible(num=0)


def _serve_health(loop: WorkerLoop, services: Sequence[Microservice], host: str, port: int) -> None:
    """/healthz, /readyz and /metrics, on the worker's own loop."""
    import uvicorn  # noqa: PLC0415
    from fastapi import FastAPI  # noqa: PLC0415

    from muster_core.http.health import health_router  # noqa: PLC0415
    from muster_host.serving import listening_socket  # noqa: PLC0415

    app = FastAPI(openapi_url=None)
    app.state.runtime, app.state.services = loop.runtime, services
    app.include_router(health_router)
    server = uvicorn.Server(
        uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    )
    # Celery has the signals; the loop's thread ends with the process.
    loop.begin(server.serve(sockets=[listening_socket(host, port)]))


def _end_with_parent() -> None:
    """Let the kernel end this worker with the `muster up` that started it, even by kill -9."""
    parent = int(os.environ.get("MUSTER_WORKER_PARENT", "0"))
    if parent and sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(0)
