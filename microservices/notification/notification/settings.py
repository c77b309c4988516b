from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from muster_core.outbound import Outbound
from notification.channels.options import ChannelSettings
from notification.channels.push_crypto import base64url, public_bytes, read_key
from notification.domain.subscribers import ChannelKind, time_zones

if TYPE_CHECKING:
    from notification.domain.subscribers import Contact


class Settings(ChannelSettings):
    """notification's environment."""

    model_config = SettingsConfigDict(
        env_prefix="MUSTER_NOTIFICATION_", extra="ignore", frozen=True
    )

    time_zone: str = Field(
        default="UTC",
        description="Time zone that the public page offers first, such as America/Los_Angeles.",
    )
    phone_region: str | None = Field(
        default=None,
        pattern="^[A-Z]{2}$",
        description="Country (ISO 3166, such as US) in which numbers without a country code are read; unset: none is.",
    )
    public_organization: UUID | None = Field(
        default=None,
        description=(
            "The organization that runs what the public subscribed; unset: every organization's managers do, as is"
            " right where there is one."
        ),
    )

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in time_zones():
            message = f"{value} is no time zone"
            raise ValueError(message)
        return value

    async def judge(self, contact: Contact) -> None:
        """Refuse a web hook that leads anywhere but to the public internet. Resolves its name.

        Raises:
            RefusedAddressError: says where it leads.
        """
        if contact.channel is ChannelKind.WEBHOOK:
            outbound = Outbound(loopback=self.webhook_loopback, https_only=True)
            await outbound.pin(json.loads(contact.address)["url"])

    @property
    def push_public_key(self) -> str | None:
        """What browsers subscribe with (VAPID), if there is web push."""
        private = self.vapid_private_key.get_secret_value()
        return base64url(public_bytes(read_key(private))) if private else None

    def runs_public(self, organization: UUID) -> bool:
        """Whether an organization runs what the public subscribed."""
        return self.public_organization in {None, organization}
