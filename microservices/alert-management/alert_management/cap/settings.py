from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from alert_management.cap.official import OfficialSchemas, SchemaUnreadableError
from alert_management.cap.signing import KeyRefusedError, SigningKey
from alert_management.cap.verifying import NOBODY, Trust
from muster_core.errors import SettingError
from muster_core.settings import ServiceSettings


class CapSettings(ServiceSettings):
    """What CAP needs from the operator: a key to sign with, whom to trust, and OASIS' schema."""

    model_config = SettingsConfigDict(env_prefix="MUSTER_ALERTS_CAP_", extra="ignore", frozen=True)

    xsd: Path | None = Field(
        default=None,
        description="OASIS' XSD of CAP, or a folder of them: a second opinion for `muster cap validate`.",
    )
    trusted: Path | None = Field(
        default=None,
        description=(
            "Certificates (PEM; a file or a folder) whose signatures count as verified: the signers' own, or those of"
            " the authorities that issued them. Without it no alert of others is verified."
        ),
    )
    signing_key: Path | None = Field(
        default=None,
        description=(
            "Private key (PEM; RSA of 2048 bits or more, or ECDSA on P-256) that signs what is published. Without it"
            " nothing is signed."
        ),
    )
    signing_certificate: Path | None = Field(
        default=None,
        description="Certificate of the signing key (PEM), and what certifies it, if anything, after it.",
    )
    signing_password: SecretStr | None = Field(
        default=None, description="Password of the signing key, if it has one."
    )

    def official_schemas(self) -> OfficialSchemas | None:
        """The XSD, None if there is none.

        Raises:
            SettingError: it cannot be read.
        """
        try:
            return OfficialSchemas.load(self.xsd) if self.xsd else None
        except SchemaUnreadableError as error:
            raise SettingError("alerts_cap_xsd", f"cannot be used: {error}") from error

    def trust(self) -> Trust:
        """Whose signatures are believed.

        Raises:
            SettingError: a certificate cannot be read.
        """
        try:
            return Trust.load(self.trusted) if self.trusted else NOBODY
        except (KeyRefusedError, OSError) as error:
            raise SettingError("alerts_cap_trusted", f"cannot be used: {error}") from error

    def key(self) -> SigningKey | None:
        """What signs our alerts, None if nothing does.

        Raises:
            SettingError: the key or its certificate is missing or cannot sign.
        """
        if self.signing_key is None:
            return None
        if self.signing_certificate is None:
            raise SettingError(
                "alerts_cap_signing_certificate", "is not set, but the signing key is"
            )
        password = self.signing_password
        try:
            return SigningKey.load(
                self.signing_key,
                self.signing_certificate,
                password.get_secret_value().encode() if password else None,
            )
        except KeyRefusedError as error:
            raise SettingError("alerts_cap_signing_key", f"cannot be used: {error}") from error
