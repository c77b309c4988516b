"""What clients did and what came back: the only evidence that the checker believes."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx


class Outcome(StrEnum):
    """What the client may conclude."""

    OK = "ok"
    FAIL = "fail"
    """It was refused, and the refusal says that nothing was changed."""
    UNKNOWN = "unknown"
    """No answer came, or one that says that nobody knows."""


@dataclass(slots=True)
class Operation:
    """One invocation: declaring an incident under a name that is unique, or changing one to a text that is."""

    kind: str
    word: str
    """The name it declared, or the text it wrote: found again in the records by this."""
    incident_id: str | None = None
    invoked: float = 0.0
    completed: float = 0.0
    outcome: Outcome = Outcome.UNKNOWN
    status: int = 0
    version: int = 0
    said: str = ""


class History:
    """Every operation of every client, in the order of invocation."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._lock = threading.Lock()

    def invoke(self, kind: str, word: str, incident_id: str | None = None) -> Operation:
        """Note it before it is sent: what is not noted cannot be missed."""
        operation = Operation(kind, word, incident_id, invoked=time.monotonic())
        with self._lock:
            self.operations.append(operation)
        return operation

    def count(self) -> Counter[str]:
        """How many operations of each kind ended how, as `declare ok`."""
        with self._lock:
            return Counter(f"{one.kind} {one.outcome}" for one in self.operations)

    def acknowledged(self, kind: str) -> list[Operation]:
        """Those that ended well."""
        with self._lock:
            return [o for o in self.operations if o.kind == kind and o.outcome is Outcome.OK]

    def slowest(self) -> float:
        """The longest that anybody waited, in seconds."""
        with self._lock:
            return max((o.completed - o.invoked for o in self.operations if o.completed), default=0)


def conclude(operation: Operation, answer: httpx.Response | httpx.TransportError) -> Operation:
    """Write down what came back, believing every word of it."""
    operation.completed = time.monotonic()
    if isinstance(answer, httpx.TransportError):
        # Only a connection that never was proves that nothing was sent.
        never = isinstance(answer, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
        operation.outcome = Outcome.FAIL if never else Outcome.UNKNOWN
        operation.said = type(answer).__name__
        return operation
    operation.status = answer.status_code
    if answer.is_success:
        body: dict[str, Any] = answer.json()
        operation.outcome = Outcome.OK
        operation.incident_id, operation.version = body["id"], body["version"]
        return operation
    code = _code(answer)
    operation.said = code
    # A gateway that got no answer says 502 or 504 in its own words: nobody knows what became of it.
    unknown = code in {"outcome-unknown", "internal", ""}
    operation.outcome = Outcome.UNKNOWN if unknown else Outcome.FAIL
    return operation


def _code(answer: httpx.Response) -> str:
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return str(answer.json().get("code", ""))
    return ""
