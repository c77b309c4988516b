"""The key file: 32 bytes beside the database that open what the database must not hold readable.

One file serves every service of an installation; each derives keys of its own from it, by purpose.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muster_core.settings import Settings

KEY_BYTES = 32


class KeyFileError(RuntimeError):
    """The key file is missing its key, or is not the one that sealed what is in the database."""


def key_file(settings: Settings) -> Path:
    """Where the key lies."""
    return settings.secret_key_file or settings.home / "secrets" / "wrapping.key"


def read_or_create(path: Path) -> bytes:
    """The key in a file; one is made, readable by its owner only, where there is none.

    Raises:
        KeyFileError: the file does not hold a 32-byte key in base64.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        text = _create(path)
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyFileError(f"{path} does not hold a 32-byte key in base64.")
    return key


def _create(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
    handle, name = tempfile.mkstemp(dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Whoever comes first wins: a link never replaces a key that already wraps something.
        with contextlib.suppress(FileExistsError):
            Path(path).hardlink_to(name)
    finally:
        Path(name).unlink()
    return path.read_bytes()
