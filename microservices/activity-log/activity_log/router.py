from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Header, Query, Request, Response

from activity_log.database import Reads, Session
from activity_log.event_stream import EventStream
from activity_log.permissions import Permission
from activity_log.repository.reading import Wanted
from activity_log.schemas import ActivityPage, Ics214, Integrity, Note, StreamItem, WriteNote
from activity_log.service import forms, integrity, notes, timeline
from activity_log.service.stream import hub_of
from activity_log.service.timeline import audience_of
from muster_core.auth import Actor
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from muster_core.schemas import Instant

router = service_router("/activity", "activity-log")
stream_router = service_router("/stream", "activity-log")

Reading = Annotated[Actor, needs(Permission.READ)]
OfIncident = Annotated[UUID | None, Query(description="Only what concerns this incident.")]
OfPerson = Annotated[UUID | None, Query(description="Only what this person did, or was named in.")]
Since = Annotated[Instant | None, Query(description="From this time on.")]
Until = Annotated[Instant | None, Query(description="Before this time.")]
OfExercise = Annotated[
    bool | None, Query(description="Only the exercise world, or only the live one.")
]
Position = Annotated[int | None, Query(ge=0, le=2**63 - 1, description="As Last-Event-ID.")]
TypeName = Annotated[str, Query(max_length=100, pattern=r"^muster(\.[a-z_0-9]+){0,3}$")]


@router.get("", response_model=ActivityPage)
async def list_activity(
    actor: Reading,
    reads: Reads,
    incident_id: OfIncident = None,
    person_id: OfPerson = None,
    since: Since = None,
    until: Until = None,
    type: Annotated[  # noqa: A002 - the parameter's name in the API
        list[TypeName] | None,
        Query(max_length=50, description="Event types, or their beginnings: muster.incident."),
    ] = None,
    exercise: OfExercise = None,
    order: Literal["desc", "asc"] = "desc",
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """The journal: what happened, in the order in which it was heard."""
    audience = audience_of(actor, exercise=exercise, incident_id=incident_id)
    wanted = Wanted(audience, person_id, since, until, type or ())
    return json_response(
        await timeline.list_activity(
            reads, actor, wanted, direction=order, limit=limit, cursor=cursor
        )
    )


@router.post("/notes", status_code=201, response_model=Note)
async def write_note(
    note: WriteNote,
    actor: Annotated[Actor, needs(Permission.WRITE)],
    session: Session,
    reads: Reads,
) -> Note:
    """Write into the log by hand. Notes are corrected by further notes, never edited."""
    return await notes.write_note(session, reads, actor, note)


@router.get("/integrity", response_model=Integrity)
async def read_integrity(
    actor: Annotated[Actor, needs(Permission.AUDIT)], reads: Reads
) -> Integrity:
    """Whether the organization's chain is as it was written, as last verified."""
    return await integrity.read_integrity(reads, actor)


@router.get(
    "/ics-214",
    response_model=Ics214,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "text/html": {"schema": {"type": "string"}},
            }
        }
    },
)
async def activity_log_form(
    actor: Reading,
    reads: Reads,
    incident_id: OfIncident = None,
    person_id: OfPerson = None,
    since: Since = None,
    until: Until = None,
    format: Annotated[  # noqa: A002 - the parameter's name in the API
        Literal["json", "csv", "html"], Query(description="html is ready to print.")
    ] = "json",
    time_zone: Annotated[
        str, Query(max_length=64, description="IANA time zone that csv and html print times in.")
    ] = "UTC",
) -> Response:
    """ICS 214, Activity Log, of an incident or of a person."""
    return await forms.ics_214(
        reads,
        actor,
        Wanted(audience_of(actor, incident_id=incident_id), person_id, since, until),
        form=format,
        time_zone=time_zone,
    )


@stream_router.get(
    "",
    status_code=200,
    response_class=EventStream,
    responses={
        200: {
            "description": (
                "Server-sent events. `event: ready` comes first; then each entry of the journal as it is written,"
                " with its position as the id, its type as the event and the entry as JSON data."
            ),
            "content": {"text/event-stream": {"itemSchema": StreamItem.model_json_schema()}},
        }
    },
)
async def follow(
    request: Request,
    actor: Reading,
    exercise: OfExercise = None,
    incident_id: OfIncident = None,
    last_event_id: Position = None,
    last_event_id_header: Annotated[
        int | None,
        Header(
            alias="Last-Event-ID",
            ge=0,
            le=2**63 - 1,
            description="The id of the last event received: what came after it is told first.",
        ),
    ] = None,
) -> Response:
    """Follow the journal live: only what this account may see. Ends when the token expires; connect again."""
    hub = hub_of(request.app.state.runtime)
    token = request.headers["authorization"].split(" ", 1)[1].strip()
    audience = audience_of(actor, exercise=exercise, incident_id=incident_id)
    client = await hub.open(actor, token, audience)
    last = last_event_id_header if last_event_id_header is not None else last_event_id
    return EventStream(hub, client, last)
