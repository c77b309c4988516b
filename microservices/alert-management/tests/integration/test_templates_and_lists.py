"""Templates, lists, and what search and others are told."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from alert_management.schemas.answers import AlertPage
from muster.identity.v1.events import OrganizationCreated
from muster.incidents.v1.events import IncidentDeclared
from muster_core.auth import system_actor
from muster_core.outbox import announce
from muster_core.runtime import Runtime
from muster_testing.delivery import Delivery
from muster_testing.people import FOREIGN_ORGANIZATION, ORGANIZATION


def _template(make: Any, **changes: Any) -> Any:
    words = make.texts(headline="Flood at {river}", instruction="Leave by {road}. {extra}")
    fields = [
        {"key": "river", "label": "River"},
        {"key": "road", "label": "Road", "choices": ["Highway 178", "Highway 155"]},
        {"key": "extra", "label": "More", "required": False},
    ]
    return {"name": "Flood", "fields": fields, "content": make.flood(texts=[words])} | changes


async def test_a_template_is_filled_when_an_alert_is_drafted_from_it(
    desk: Any, as_administrator: httpx.AsyncClient, as_officer: httpx.AsyncClient, make: Any
) -> None:
    template = await desk.ok(as_administrator.post("/alert-templates", json=_template(make)))
    filled = {"river": "{road}", "road": "Highway 178"}
    draft = await desk.ok(
        as_officer.post("/alerts", json={"template_id": template["id"], "fields": filled})
    )
    words = draft["content"]["texts"][0]
    # A value that looks like a field is not filled again, and is found by the checks.
    assert words["headline"] == "Flood at {road}"
    assert words["instruction"] == "Leave by Highway 178."
    refused = await as_officer.post(f"/alerts/{draft['id']}/submit")
    assert "{road} is not filled in" in refused.json()["detail"]

    for fields, pointer in (
        ({"lake": "x"}, "/fields/lake"),
        ({"road": "Main Street"}, "/fields/road"),
    ):
        body = {"template_id": template["id"], "fields": fields}
        wrong = await as_officer.post("/alerts", json=body)
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["pointer"] == pointer


async def test_templates_are_kept_by_those_who_run_alerts(
    desk: Any, as_administrator: httpx.AsyncClient, as_officer: httpx.AsyncClient, make: Any
) -> None:
    assert (await as_officer.post("/alert-templates", json=_template(make))).status_code == 403
    template = await desk.ok(as_administrator.post("/alert-templates", json=_template(make)))
    twice = await as_administrator.post("/alert-templates", json=_template(make))
    assert twice.status_code == 409
    address = f"/alert-templates/{template['id']}"
    bad = await as_administrator.patch(address, json={"fields": []}, headers={"If-Match": '"1"'})
    assert bad.status_code == 422
    assert "{river}" in bad.text
    await desk.ok(
        as_administrator.patch(address, json={"name": "River"}, headers={"If-Match": '"1"'})
    )
    late = await as_administrator.patch(address, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert late.status_code == 412
    assert [one["name"] for one in (await as_officer.get("/alert-templates")).json()["items"]] == [
        "River"
    ]
    assert (await as_administrator.delete(address)).status_code == 204
    assert (await as_officer.get(address)).status_code == 404


async def test_a_new_organization_has_templates_that_lead_to_the_public(
    desk: Any,
    runtime: Runtime,
    deliver: Delivery,
    as_officer: httpx.AsyncClient,
    make: Any,
) -> None:
    async with runtime.session("alert_management", system_actor("identity")) as session:
        await announce(
            session,
            OrganizationCreated(
                organization_id=ORGANIZATION,
                name="Kern",
                area=make.kern,
                time_zone="UTC",
                version=2,
            ),
            OrganizationCreated(
                organization_id=FOREIGN_ORGANIZATION, name="Inyo", time_zone="UTC", version=1
            ),
        )
    await deliver()
    templates = (await as_officer.get("/alert-templates")).json()["items"]
    assert len(templates) == 5
    for template in templates:
        fields = {one["key"]: one["example"] for one in template["fields"]}
        body = {"template_id": template["id"], "fields": fields}
        draft = await desk.ok(as_officer.post("/alerts", json=body))
        content = draft["content"] | {"areas": make.flood()["areas"]}
        shown = await desk.ok(as_officer.post("/alerts/preview", json={"content": content}))
        assert shown["ready"], shown["findings"]
        (english,) = shown["languages"]
        assert english["reading"]["plain"], (template["name"], english["reading"])
        assert english["wea_90"]["fits"]
        assert english["wea_360"]["fits"]


async def test_an_alert_belongs_to_its_incidents_world(
    desk: Any, runtime: Runtime, deliver: Delivery, as_officer: httpx.AsyncClient, make: Any
) -> None:
    incident_id = make.nobody()
    async with runtime.session("alert_management", system_actor("incident")) as session:
        await announce(
            session,
            IncidentDeclared(
                organization_id=ORGANIZATION,
                exercise=True,
                incident_id=incident_id,
                incident_name="Drill",
                version=1,
                number="EX-1",
                status="reported",
                declared_at=make.soon(),
            ),
        )
    await deliver()
    draft = await desk.draft(incident_id=str(incident_id))
    assert (draft["exercise"], draft["incident_name"]) == (True, "Drill")
    real = {"incident_id": str(incident_id), "exercise": False}
    assert (await as_officer.post("/alerts", json=real)).status_code == 422
    unknown = await as_officer.post("/alerts", json={"incident_id": str(make.nobody())})
    assert unknown.json()["errors"][0]["pointer"] == "/incident_id"


async def test_the_list_is_narrowed_by_what_people_ask(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    sent = await desk.send()
    minor = await desk.draft(make.flood(severity="Minor", areas=[], term="wild-fire"))
    drill = await desk.draft(exercise=True)

    async def found(**params: Any) -> list[str]:
        page = await desk.ok(as_officer.get("/alerts", params=params))
        return [item["id"] for item in page["items"]]

    assert await found() == [drill["id"], minor["id"], sent["id"]]
    assert await found(status="published,expired") == [sent["id"]]
    assert await found(severity="Minor") == [minor["id"]]
    assert await found(hazard="wild-fire") == [minor["id"]]
    assert await found(hazard="wild-fire,flood") == [drill["id"], minor["id"], sent["id"]]
    assert await found(hazard="no-such-term") == []
    assert await found(exercise="true") == [drill["id"]]
    assert await found(exercise="false") == [minor["id"], sent["id"]]
    assert await found(bbox="-118.5,35.6,-118.45,35.7") == [drill["id"], sent["id"]]
    assert await found(q="cedar") == [drill["id"], minor["id"], sent["id"]]
    assert await found(q="%") == []
    page = await desk.ok(as_officer.get("/alerts", params={"limit": 2}))
    assert len(page["items"]) == 2
    rest = await found(limit=2, cursor=page["next"])
    assert rest == [sent["id"]]


async def test_a_list_comes_with_its_areas_where_they_are_asked_for(
    desk: Any, as_officer: httpx.AsyncClient, make: Any
) -> None:
    circle = {"longitude": -118.42, "latitude": 35.7, "radius_km": 5.0}
    drawn = make.flood()["areas"][0]["geometry"]
    areas = [
        {"description": "Kernville", "circle": circle},
        {"description": "Cedar Creek", "geometry": drawn},
        {"description": "Zone", "geocodes": [{"name": "UGC", "value": "CAZ095"}]},
    ]
    await desk.draft(make.flood(areas=areas))
    await desk.draft(make.flood(areas=[]))

    plain = await desk.ok(as_officer.get("/alerts"))
    assert [item["shapes"] for item in plain["items"]] == [None, None]
    page = await desk.ok(as_officer.get("/alerts", params={"shapes": "true"}))
    assert AlertPage.model_validate(page)
    empty, full = (item["shapes"] for item in page["items"])
    assert empty == []
    assert full == [
        {"geometry": None, "circle": circle},
        {"geometry": drawn, "circle": None},
        {"geometry": None, "circle": None},
    ]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=lost", "/status"),
        ("severity=Bad", "/severity"),
        ("bbox=1,2,3", "/bbox"),
        ("q=%00", "/q"),
        ("hazard=%00", "/hazard"),
        ("cursor=abc", "/cursor"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    as_officer: httpx.AsyncClient, query: str, pointer: str
) -> None:
    response = await as_officer.get(f"/alerts?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_search_is_told_at_every_step_and_can_ask_for_all(
    desk: Any, deliver: Delivery, runtime: Runtime, make: Any
) -> None:
    from muster.alerts.v1.alerts_pb2_grpc import AlertsStub  # noqa: PLC0415
    from muster.alerts.v1.documents import SOURCE, translate  # noqa: PLC0415
    from muster.search.v1.search_pb2 import StreamDocumentsRequest  # noqa: PLC0415
    from muster_core.auth import Actor  # noqa: PLC0415

    sent = await desk.send()
    events = [one for one in await deliver.outbox("alert_management") if one.type in SOURCE.events]
    documents: list[Any] = [translate(event)[0] for event in events]
    assert [one.status for one in documents] == [
        "draft",
        "in_review",
        "approved",
        "published",
        "published",
    ]
    assert documents[-1].title == "Flood at Cedar Creek"
    assert documents[-1].url == f"/alerts/{sent['id']}"

    actor = Actor(id=make.nobody(), name="search", kind="service", organization_id=None)
    stub = runtime.rpc.stub(AlertsStub, "alert-management")
    batches = [
        batch
        async for batch in runtime.rpc.stream(
            stub.StreamDocuments, StreamDocumentsRequest(), actor=actor
        )
    ]
    (document,) = [one for batch in batches for one in batch.documents]
    assert document.title == "Flood at Cedar Creek"
