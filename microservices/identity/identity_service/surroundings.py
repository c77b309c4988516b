"""What identity keeps per process beside the core's Runtime: its settings, its key file, its hashing places."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from identity_service import wrapping
from identity_service.passwords import Passwords
from identity_service.settings import Settings
from muster_core.key_files import key_file

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

    from identity_service.wrapping import WrappingKey
    from muster_core.runtime import Runtime


class Surroundings:
    """Made once per Runtime, by `surroundings_of`."""

    def __init__(self, runtime: Runtime) -> None:
        self.settings = runtime.service_settings(Settings)
        self.core = runtime.settings
        self.passwords = Passwords(self.settings.hashes_at_once)
        self.unwrapped: dict[str, OKPKey] = {}

    @cached_property
    def wrapping(self) -> WrappingKey:
        """The key file's key, read (or made) at first use."""
        return wrapping.load_or_create(key_file(self.core))


_known: WeakKeyDictionary[Runtime, Surroundings] = WeakKeyDictionary()


def surroundings_of(runtime: Runtime) -> Surroundings:
    """The process's own, for a Runtime."""
    found = _known.get(runtime)
    if found is None:
        found = _known[runtime] = Surroundings(runtime)
    return found
