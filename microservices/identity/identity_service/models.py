from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from identity_service.database import Base
from muster_core.tables import Identified, Timestamped, Versioned

_INSTANT = DateTime(timezone=True)


class Organization(Base, Identified, Timestamped, Versioned):
    """A city, a county, a branch. The first one made is the platform's: it sets up the others."""

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint("units IN ('metric', 'us')", name="units_known"),
        Index("uq_organization_name", text("lower(name)"), unique=True),
        Index("uq_organization_platform", "platform", unique=True, postgresql_where="platform"),
    )

    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    units: Mapped[str] = mapped_column(String(8))
    area: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    exercise: Mapped[bool] = mapped_column(Boolean, default=False)
    platform: Mapped[bool] = mapped_column(Boolean, default=False)


class Role(Base, Identified, Timestamped, Versioned):
    """Permissions under a name, composed by an organization's administrators."""

    __tablename__ = "role"
    __table_args__ = (
        Index("uq_role_organization_id_key", "organization_id", "key", unique=True),
        Index("uq_role_organization_id_name", "organization_id", text("lower(name)"), unique=True),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("identity.organization.id"))
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(500))
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    built_in: Mapped[bool] = mapped_column(Boolean, default=False)


class Account(Base, Identified, Timestamped, Versioned):
    """Someone who signs in. `epoch` counts what makes earlier access tokens void.

    `username` and `email` are stored case-folded; `totp_secret` and `totp_pending` are wrapped.
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("uq_account_username", "username", unique=True),
        Index("uq_account_email", "email", unique=True),
        Index("ix_account_organization_id_name", "organization_id", text("lower(name)"), "id"),
        Index("ix_account_epoch_changed_at", "epoch_changed_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("identity.organization.id"))
    username: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    password_hash: Mapped[str] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    password_expires_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    disabled_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    totp_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    epoch: Mapped[int] = mapped_column(Integer, default=0)
    epoch_changed_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class AccountRole(Base):
    """An account holds a role."""

    __tablename__ = "account_role"
    __table_args__ = (Index("ix_account_role_role_id", "role_id"),)

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity.account.id", ondelete="CASCADE"), primary_key=True
    )
    role_id: Mapped[UUID] = mapped_column(ForeignKey("identity.role.id"), primary_key=True)


class SignInSession(Base, Identified):
    """One signing in on one device, until it is ended; its refresh tokens are its family.

    `stepped_up_at` is when a second factor was last proven in it, at signing in or later.
    """

    __tablename__ = "session"
    __table_args__ = (
        Index("ix_session_account_id_id", "account_id", "id"),
        Index("ix_session_ended_at", "ended_at"),
        Index("ix_session_expires_at", "expires_at"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    authenticated_at: Mapped[datetime] = mapped_column(_INSTANT)
    stepped_up_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    last_used_at: Mapped[datetime] = mapped_column(_INSTANT)
    expires_at: Mapped[datetime] = mapped_column(_INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    end_reason: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(300))


class RefreshToken(Base):
    """A refresh token by its SHA-256; `used_at` once it was exchanged for the next."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_session_id", "session_id"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.session.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    used_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class SignInFailure(Base, Identified):
    """A wrong password or code, by digests of what is throttled: the account, the address, both."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_subject_failed_at", "subject", "failed_at"),)

    subject: Mapped[bytes] = mapped_column(LargeBinary(32))
    failed_at: Mapped[datetime] = mapped_column(
        _INSTANT, server_default=text("clock_timestamp()"), index=True
    )


class SigningKey(Base):
    """A key of the access tokens, its private part wrapped. `next` signs after the next rotation."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("state IN ('next', 'current', 'retiring')", name="state_known"),
        Index(
            "uq_signing_key_state",
            "state",
            unique=True,
            postgresql_where="state IN ('next', 'current')",
        ),
    )

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    public: Mapped[dict[str, Any]] = mapped_column(JSONB)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    current_since: Mapped[datetime | None] = mapped_column(_INSTANT)
    retired_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class ApiKey(Base, Identified):
    """A program's key, by its SHA-256. It can do no more than `account_id`, who made it, still can."""

    __tablename__ = "api_key"
    __table_args__ = (
        Index("uq_api_key_digest", "digest", unique=True),
        Index("uq_api_key_prefix", "prefix", unique=True),
        Index("ix_api_key_organization_id_id", "organization_id", "id"),
        Index("ix_api_key_account_id", "account_id"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("identity.organization.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(_INSTANT)
    last_used_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    revoked_at: Mapped[datetime | None] = mapped_column(_INSTANT)
