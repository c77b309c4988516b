"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.responses import Response

from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response
from notification import service
from notification.database import Reads, Session
from notification.domain import SubscriptionStatus
from notification.permissions import Permission
from notification.repository import SubscriptionFilter, SubscriptionView
from notification.schemas import (
    ChangeNotificationSubscription,
    MoveNotificationSubscription,
    NotificationSubscription,
    NotificationSubscriptionPage,
    OpenNotificationSubscription,
)
from notification.settings import Settings

router = service_router("/notification/subscriptions", "notification")


def _settings(runtime: RuntimeOf) -> Settings:
    return runtime.service_settings(Settings)


SettingsOf = Annotated[Settings, Depends(_settings)]
Reader = Annotated[Actor, needs(Permission.READ)]
Worker = Annotated[Actor, needs(Permission.WORK)]
SubscriptionId = Annotated[UUID, Path(description="The subscription.")]


def answer(view: SubscriptionView, status: int = 200) -> Response:
    """A subscription's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/notification/subscriptions/{view.id}"
    return json_response(view.body, status, headers)


@router.get("", response_model=NotificationSubscriptionPage)
async def list_subscriptions(
    actor: Reader,
    reads: Reads,
    settings: SettingsOf,
    status: SubscriptionStatus | None = None,
    incident_id: UUID | None = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Subscriptions of one's own organization, newest first."""
    wanted = SubscriptionFilter(status, incident_id, exercise)
    return json_response(
        await service.list_subscriptions(reads, actor, wanted, settings, limit=limit, cursor=cursor)
    )


@router.post("", status_code=201, response_model=NotificationSubscription)
async def open_subscription(
    asked: OpenNotificationSubscription, actor: Worker, session: Session, settings: SettingsOf
) -> Response:
    """Open a subscription; a name is enough."""
    return answer(await service.open_subscription(session, actor, asked, settings), 201)


@router.get("/{subscription_id}", response_model=NotificationSubscription)
async def get_subscription(
    subscription_id: SubscriptionId, actor: Reader, reads: Reads, settings: SettingsOf
) -> Response:
    """One subscription."""
    return answer(await service.get_subscription(reads, actor, subscription_id, settings))


@router.patch("/{subscription_id}", response_model=NotificationSubscription)
async def change_subscription(
    subscription_id: SubscriptionId,
    asked: ChangeNotificationSubscription,
    actor: Worker,
    if_match: IfMatch,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Correct a subscription."""
    return answer(
        await service.change_subscription(
            session, actor, subscription_id, asked, if_match, settings
        )
    )


@router.post("/{subscription_id}/status", response_model=NotificationSubscription)
async def move_subscription(
    subscription_id: SubscriptionId,
    asked: MoveNotificationSubscription,
    actor: Worker,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Move a subscription to its next status."""
    return answer(
        await service.move_subscription(session, actor, subscription_id, asked.status, settings)
    )
