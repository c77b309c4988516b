"""The key that signs what we publish, read from the operator's files once."""

from __future__ import annotations

from functools import lru_cache

from alert_management.cap import SigningKey
from alert_management.cap.settings import CapSettings


@lru_cache(maxsize=4)
def signing_key(settings: CapSettings) -> SigningKey | None:
    """The operator's key, or None if none is named.

    Raises:
        SettingError: a file is missing, or is no key or certificate that can sign.
    """
    return settings.key()
