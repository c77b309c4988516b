"""The key that signs what we publish, read once from the files that the operator names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alert_management.cap import KeyRefusedError, SigningKey
from alert_management.settings import Settings
from muster_core.errors import SettingError


def signing_key(settings: Settings) -> SigningKey | None:
    """The operator's key, or None if none is named.

    Raises:
        SettingError: a file is missing, or is no key or certificate that can sign.
    """
    if settings.signing_key_file is None:
        return None
    if settings.signing_certificate_file is None:
        raise SettingError(
            "alerts_signing_certificate_file", "is not set, and a key alone signs nothing"
        )
    return _read(settings.signing_key_file, settings.signing_certificate_file)


@lru_cache(maxsize=4)
def _read(key: Path, certificate: Path) -> SigningKey:
    try:
        return SigningKey.load(key, certificate)
    except KeyRefusedError as error:
        raise SettingError("alerts_signing_key_file", f"cannot be used: {error}") from error
