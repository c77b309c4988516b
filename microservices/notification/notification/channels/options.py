"""The channels' part of the service's environment. A channel without its address or account is not offered."""

from __future__ import annotations

from pydantic import Field, SecretStr

from muster_core.settings import ServiceSettings


class ChannelSettings(ServiceSettings):
    """Providers, each with its own rate, time-out, concurrency and batch."""

    twilio_url: str = Field(
        default="https://api.twilio.com",
        description="Address of Twilio's API, or of a server that speaks it.",
    )
    twilio_account_sid: str = Field(
        default="", description="Twilio account (AC…); empty: no SMS by Twilio."
    )
    twilio_auth_token: SecretStr = Field(
        default=SecretStr(""), description="Twilio's auth token; callbacks are verified by it."
    )
    twilio_from: str = Field(
        default="", description="Sender: a number (+1…) or a messaging service (MG…)."
    )
    twilio_callback_url: str = Field(
        default="",
        description=(
            "Address at which Twilio reaches …/api/v1/notifications/callbacks/twilio, exactly as seen from outside;"
            " empty: no receipts."
        ),
    )
    twilio_rate: float = Field(
        default=400, gt=0, description="SMS a second that one process hands to Twilio."
    )
    twilio_concurrency: int = Field(
        default=64, ge=1, le=1000, description="Requests to Twilio under way at once."
    )
    twilio_batch: int = Field(default=500, ge=1, le=500, description="SMS per call of the channel.")
    twilio_seconds: float = Field(
        default=10, gt=0, le=30, description="Longest wait for Twilio's answer, in seconds."
    )
    twilio_honours_key: bool = Field(
        default=False,
        description=(
            "Whether the server at the address keeps to `Idempotency-Key`. Twilio itself does not: an answer that is"
            " lost leaves the message in doubt."
        ),
    )

    sns_region: str = Field(default="", description="AWS region; empty: nothing by SNS.")
    sns_url: str = Field(
        default="", description="Address of SNS instead of the region's own, for tests."
    )
    sns_access_key_id: str = Field(
        default="", description="AWS access key; empty: AWS's own ways to find one (role, profile)."
    )
    sns_secret_access_key: SecretStr = Field(
        default=SecretStr(""), description="Secret of the access key."
    )
    sns_sender_id: str = Field(
        default="", description="Alphanumeric sender of SMS by SNS, where the country allows one."
    )
    sns_topics: list[str] = Field(
        default_factory=list,
        description="ARNs of the topics whose messages to our callback are believed; JSON list.",
    )
    sns_rate: float = Field(
        default=20, gt=0, description="SMS or pushes a second that one process hands to SNS."
    )
    sns_concurrency: int = Field(
        default=20, ge=1, le=200, description="Requests to SNS under way at once."
    )
    sns_batch: int = Field(default=100, ge=1, le=500, description="Messages per call.")
    sns_seconds: float = Field(
        default=10, gt=0, le=30, description="Longest wait for SNS's answer, in seconds."
    )

    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description=(
            "Mail server: smtp://user:password@host:587 (STARTTLS if offered, and demanded where a password is given),"
            " smtps://… for TLS from the start; empty: no e-mail."
        ),
    )
    smtp_fallback_url: SecretStr = Field(
        default=SecretStr(""), description="The second mail server; empty: none."
    )
    smtp_from: str = Field(
        default="Warnings <warnings@localhost>", description="Sender of e-mail, with its name."
    )
    smtp_rate: float = Field(
        default=100, gt=0, description="E-mails a second that one process hands to a mail server."
    )
    smtp_concurrency: int = Field(
        default=8, ge=1, le=64, description="Connections to a mail server, kept and used again."
    )
    smtp_batch: int = Field(default=200, ge=1, le=500, description="E-mails per call.")
    smtp_seconds: float = Field(
        default=15, gt=0, le=30, description="Longest wait for a mail server's answer, in seconds."
    )

    vapid_private_key: SecretStr = Field(
        default=SecretStr(""),
        description="P-256 key as base64url of 32 bytes, or PEM; empty: no web push.",
    )
    vapid_subject: str = Field(
        default="mailto:warnings@localhost",
        description="mailto: or https: address at which a push service reaches the operator.",
    )
    vapid_rate: float = Field(
        default=200, gt=0, description="Pushes a second that one process hands over."
    )
    vapid_concurrency: int = Field(
        default=50, ge=1, le=500, description="Pushes under way at once."
    )
    vapid_batch: int = Field(default=200, ge=1, le=500, description="Pushes per call.")
    vapid_seconds: float = Field(
        default=10, gt=0, le=30, description="Longest wait for a push service's answer, in seconds."
    )
    vapid_ttl_seconds: int = Field(
        default=14_400,
        ge=0,
        le=2_419_200,
        description="How long a push service keeps a push for a device that is off, at most until the alert expires.",
    )

    webhook_rate: float = Field(
        default=50, gt=0, description="Web hooks a second that one process calls."
    )
    webhook_concurrency: int = Field(
        default=20, ge=1, le=200, description="Web hooks under way at once."
    )
    webhook_batch: int = Field(default=100, ge=1, le=500, description="Web hooks per call.")
    webhook_seconds: float = Field(
        default=5, gt=0, le=30, description="Longest wait for the answer of a web hook, in seconds."
    )
    webhook_loopback: bool = Field(
        default=False,
        description="Allow web hooks and push services on this machine itself, http too: for tests and exercises only.",
    )
    webhook_ca_file: str = Field(
        default="",
        description="Certificates (PEM) of authorities that web hooks may have beside the public ones.",
    )
