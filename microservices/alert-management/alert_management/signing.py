"""The key that signs what we publish, read from the operator's files once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from alert_management.cap import SigningKey
from alert_management.cap.settings import CapSettings


def signing_key(settings: CapSettings) -> SigningKey | None:
    """The operator's key, or None if none is named.

    Raises:
        SettingError: a file is missing, or is no key or certificate that can sign.
    """
    return _read(settings.signing_key, settings.signing_certificate, settings.signing_password)


@lru_cache(maxsize=4)
def _read(
    key: Path | None, certificate: Path | None, password: SecretStr | None
) -> SigningKey | None:
    named = CapSettings(signing_key=key, signing_certificate=certificate, signing_password=password)
    return named.key()
