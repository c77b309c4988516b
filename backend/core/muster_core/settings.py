"""Settings every process reads from its environment, each documented where it is declared.

`muster settings` prints this page's field descriptions; a setting without one does not pass the tests.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from muster_core.errors import SettingError


class ServiceSettings(BaseSettings):
    """Base for a service's own settings: subclass it with an `env_prefix` such as `MUSTER_HAZARDS_`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files of MUSTER_SECRETS_DIR.

        Raises:
            SettingError: that is no folder we may enter.
        """
        folder = os.environ.get("MUSTER_SECRETS_DIR")
        found = (init_settings, env_settings, dotenv_settings, file_secret_settings)
        if not folder:
            return found
        if not os.access(folder, os.R_OK | os.X_OK):
            raise SettingError(
                "secrets_dir", f"names {folder}, which is no folder that can be read"
            )
        return (*found, SecretsSettingsSource(settings_cls, secrets_dir=folder))


class Settings(ServiceSettings):
    """What every process needs to know, whichever services it runs."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_", extra="ignore", frozen=True)

    home: Path = Field(default=Path("var"), description="Folder for data, secrets and logs.")
    host: str = Field(default="127.0.0.1", description="Address that the HTTP server listens on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port of the HTTP server.")
    public_url: str | None = Field(
        default=None,
        description="Address users type, if it is not http://HOST:PORT (behind a proxy).",
    )
    demo: str = Field(
        default="auto",
        description=(
            "'off': no demo accounts or data; 'auto': demo accounts, and the Ridgecrest exercise when the"
            " live feed cannot be reached; a scenario's name: demo accounts and that exercise."
        ),
    )
    demo_password: SecretStr | None = Field(
        default=None,
        description="One password for all the demo accounts; else generated and printed.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL (postgresql://user:password@host/database); else the embedded server.",
    )
    cache_url: SecretStr | None = Field(
        default=None, description="Redis or Valkey (redis://…); else the embedded server."
    )
    broker_url: SecretStr | None = Field(
        default=None,
        description=(
            "RabbitMQ (amqp://…), for events and for the workers' queues; else the relay hands events to the"
            " consumers of its own process, and the workers' queues are in Valkey."
        ),
    )
    rpc_address: str = Field(
        default="",
        description="gRPC address this process serves and, by default, calls; empty: a private unix socket.",
    )
    rpc_peers: dict[str, str] = Field(
        default_factory=dict,
        description=(
            "gRPC addresses by service, where they differ: JSON object of service to address; several replicas as"
            " ipv4:HOST:PORT,HOST:PORT or dns:NAME:PORT."
        ),
    )
    rpc_certificate_file: Path | None = Field(
        default=None,
        description="Certificate (PEM) by which this process is known to other services; read anew when it changes.",
    )
    rpc_key_file: Path | None = Field(
        default=None, description="Private key (PEM) of MUSTER_RPC_CERTIFICATE_FILE."
    )
    rpc_ca_file: Path | None = Field(
        default=None,
        description="Certificate (PEM) of the authority that the services trust: who has one of its is let in.",
    )
    rpc_reflection: bool = Field(
        default=False, description="Let gRPC tools list the contracts: for development."
    )
    secret_key_file: Path | None = Field(
        default=None,
        description=(
            "File with the 32-byte key (base64) that opens what the database must not hold readable (signing keys,"
            " subscribers' addresses); default HOME/secrets/wrapping.key."
        ),
    )
    issuer: str = Field(default="muster", description="`iss` and `aud` of the access tokens.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    log_format: str = Field(
        default="json", description="'json' for machines or 'console' for people."
    )
    traces_url: SecretStr | None = Field(
        default=None,
        description=(
            "OTLP/HTTP address of an OpenTelemetry collector (http://host:4318); unset: no traces are sent."
        ),
    )
    traces_ratio: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of the traces that are begun here and sent; a trace that arrives has been decided.",
    )
    secrets_dir: Path | None = Field(
        default=None,
        description=(
            "Folder of files named like variables in lower case (muster_database_url), each with a value:"
            " for secrets that no environment should show. A variable that is set goes before."
        ),
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        le=300,
        description=(
            "How long a process that was asked to stop still serves, with /readyz already red, so that a"
            " gateway sends its requests elsewhere."
        ),
    )
    database_pool: int = Field(
        default=20,
        ge=2,
        le=200,
        description=(
            "Connections a process keeps for writes, and again for reads; requests use at most four fifths."
        ),
    )
    trusted_proxies: str = Field(
        default="",
        description=(
            "Networks of the proxies in front (10.0.0.0/8,192.0.2.7), whose X-Forwarded-For says who asks; nobody"
            " else's is believed."
        ),
    )
    limit_account_rate: float = Field(
        default=200, ge=0, description="Requests a second that one account may keep up; 0: any."
    )
    limit_account_burst: int = Field(
        default=2000, ge=1, description="Requests that one account may make at once."
    )
    limit_address_rate: float = Field(
        default=500, ge=0, description="Requests a second from one address; 0: any."
    )
    limit_address_burst: int = Field(
        default=5000, ge=1, description="Requests that may come from one address at once."
    )
    limit_anonymous_rate: float = Field(
        default=50,
        ge=0,
        description="Requests a second without signing in from one address; 0: any.",
    )
    limit_anonymous_burst: int = Field(
        default=1000, ge=1, description="Requests without signing in from one address at once."
    )
    max_body_bytes: int = Field(
        default=1_048_576, ge=1024, description="Largest request body accepted, in bytes."
    )

    @property
    def tasks_url(self) -> str:
        """Where the workers' queues are; empty without any."""
        chosen = self.broker_url or self.cache_url
        return chosen.get_secret_value() if chosen else ""

    @property
    def messaging(self) -> str:
        """What carries events, as traces call it."""
        return "rabbitmq" if self.broker_url else "muster"

    @property
    def address(self) -> str:
        """The URL at which a browser reaches this installation."""
        return self.public_url or f"http://{self.host}:{self.port}"


@lru_cache(maxsize=1)
def environment_settings() -> Settings:
    """Read the environment once for a process's life."""
    return Settings()
