"""Celery's consumer, but nothing is dropped: what cannot be read or is not known is set aside, then acknowledged.

Celery itself acknowledges an undecodable message, which is then gone.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from celery.worker.consumer import Consumer as CeleryConsumer

from muster_core.dead_letters import TASK_PREFIX, set_aside
from muster_core.lanes import read_work
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from muster_core.celery_app import WorkerLoop

_PAUSE_SECONDS = 1.0
_log = get_logger(__name__)


class Consumer(CeleryConsumer):
    """Set as `worker_consumer`; `app.muster_loop` is the worker's loop."""

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Not JSON, or a content type that we do not accept."""
        self._set_aside(message, exc)

    def on_unknown_message(self, body: Any, message: Any) -> None:  # noqa: ARG002 - Celery's signature
        """JSON, but no task's message."""
        self._set_aside(message, "It is not a task's message.")

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """A task that this code does not have."""
        self._set_aside(message, f"This worker knows no task {exc}.")

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:  # noqa: ARG002
        """A task's message without what it needs."""
        self._set_aside(message, exc)

    def _set_aside(self, message: Any, error: Exception | str) -> None:
        queue = str(message.delivery_info.get("routing_key", ""))
        schema = queue.rpartition(".")[0].replace("-", "_")
        headers: dict[str, Any] = message.headers or {}
        body = message.body
        words = body.decode("utf-8", "backslashreplace") if isinstance(body, bytes) else str(body)
        work = read_work(words, headers)
        if work is not None:
            words = json.dumps(work)
        name = headers.get("task", "?")
        app: Any = self.app
        loop: WorkerLoop = app.muster_loop
        try:
            loop.run(
                set_aside(loop.runtime, schema, f"{TASK_PREFIX}{name}", words, error, attempts=1)
            )
        except Exception as failure:  # noqa: BLE001 - the database is away: the message is kept
            _log.warning("message kept", queue=queue, error=type(failure).__name__)
            time.sleep(_PAUSE_SECONDS)
            message.requeue()
        else:
            message.ack()
