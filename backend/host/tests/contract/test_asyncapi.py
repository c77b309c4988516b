"""The events' document: what is announced is in it, what is heard is in it, and it is AsyncAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema

from muster_core.asyncapi import asyncapi_document
from muster_core.events import declared_events

if TYPE_CHECKING:
    import httpx

    from muster_core.microservice import Microservice


def resolved(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


async def test_every_event_is_described_and_served_to_anybody(anonymous: httpx.AsyncClient) -> None:
    document = (await anonymous.get("/asyncapi.json")).raise_for_status().json()
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == set(declared_events())
    for name, channel in document["channels"].items():
        assert channel["address"] == name
        message = resolved(document, channel["messages"][name]["$ref"])
        jsonschema.Draft202012Validator.check_schema(message["payload"])
        data = message["payload"]["allOf"][1]["properties"]["data"]["$ref"]
        assert resolved(document, data)["title"] == declared_events()[name].__name__


async def test_every_queue_says_what_it_hears(services: list[Microservice]) -> None:
    document = asyncapi_document(services)
    heard = {tuple(name.split(":", 1)) for name in document["operations"]}
    for service in services:
        for consumer in service.listeners:
            for kind in consumer.types or declared_events():
                assert (consumer.name, kind) in heard
    for operation in document["operations"].values():
        assert resolved(document, operation["channel"]["$ref"])
