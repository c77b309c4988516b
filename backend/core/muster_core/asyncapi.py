"""One AsyncAPI 3.0 document: every event that any service announces, beside OpenAPI's requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from muster_core.events import Event, declared_events
from muster_core.ports.rabbitmq import EXCHANGE, MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.microservice import Microservice

_REF = "#/components/schemas/{model}"


def asyncapi_document(services: Sequence[Microservice]) -> dict[str, Any]:
    """All event types by name: a channel, its message, and which of these services hear it."""
    declared = declared_events()
    references, definitions = models_json_schema(
        [(Event, "serialization"), *((kind, "serialization") for kind in declared.values())],
        by_alias=True,
        ref_template=_REF,
    )
    schemas: dict[str, Any] = definitions["$defs"]
    channels: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for name, kind in declared.items():
        channels[name] = {
            "address": name,
            "title": name,
            "description": _words(kind),
            "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": EXCHANGE, "type": "topic", "durable": True},
                    "bindingVersion": "0.3.0",
                }
            },
        }
        messages[name] = {
            "name": name,
            "title": kind.__name__,
            "summary": _words(kind),
            "contentType": MEDIA_TYPE,
            "payload": {
                "allOf": [
                    references[Event, "serialization"],
                    {
                        "type": "object",
                        "properties": {
                            "type": {"const": name},
                            "requires": {"const": kind.requires},
                            "subject": {"description": f"`{kind.subject_template}`"},
                            "data": references[kind, "serialization"],
                        },
                    },
                ]
            },
        }
        for service in services:
            for consumer in service.listeners:
                if consumer.types and name not in consumer.types:
                    continue
                operations[f"{consumer.name}:{name}"] = {
                    "action": "receive",
                    "summary": f"{service.name} hears it in the queue {consumer.name}.",
                    "channel": {"$ref": f"#/channels/{name}"},
                }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Muster's events",
            "version": "1",
            "description": "Facts that have happened, as CloudEvents 1.0 in JSON. At least once, in order per subject.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def _words(kind: type) -> str:
    return (kind.__doc__ or kind.__name__).strip().splitlines()[0]
