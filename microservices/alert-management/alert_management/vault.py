"""The installation's key, from which the secrets of web hooks are made."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from muster_core.errors import SettingError
from muster_core.settings import Settings

_BYTES = 32


def master_key(settings: Settings) -> bytes:
    """The key of MUSTER_SECRET_KEY_FILE; without the setting one is made in MUSTER_HOME where there is none.

    Raises:
        SettingError: the file does not hold a 32-byte key in base64.
    """
    path = settings.secret_key_file or settings.home / "secrets" / "wrapping.key"
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        text = _make(path)
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _BYTES:
        raise SettingError("secret_key_file", f"({path}) does not hold a 32-byte key in base64")
    return key


def _make(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_BYTES)) + b"\n")
        # Whoever comes first wins: a link never replaces a key that already makes something.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()
    return path.read_bytes()
