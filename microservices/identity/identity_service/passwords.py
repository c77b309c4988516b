"""argon2id in threads, few at a time: a hash costs 19 MiB and about 50 ms of a core."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from identity_service.domain import normalize_password
from muster_core.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_PATIENCE_SECONDS = 5.0


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """The hash of a password that nobody knows: verified for names that nobody has, so that it takes as long."""
    return _HASHER.hash(secrets.token_hex(32))


def hash_now(password: str) -> str:
    """Hash in the calling thread, for tools that serve nobody meanwhile."""
    return _HASHER.hash(normalize_password(password))


class Passwords:
    """A process's password hashing, capped."""

    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None, None]:
        """One of the few places to hash in; what is counted within it is counted before the next guess.

        Raises:
            UnavailableError: too many are waiting.
        """
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._slots.acquire()
        except TimeoutError as error:
            raise UnavailableError(
                "Many people are signing in at once; try again.", retry_after=5
            ) from error
        try:
            yield
        finally:
            self._slots.release()

    async def hash(self, password: str) -> str:
        """Hash, waiting for a place."""
        async with self.slot():
            return await asyncio.to_thread(hash_now, password)

    @staticmethod
    async def matches(stored: str, password: str) -> bool:
        """Whether the password belongs to the hash. To be called within a `slot`."""
        return await asyncio.to_thread(_matches, stored, password)

    @staticmethod
    def is_outdated(stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return _HASHER.check_needs_rehash(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, normalize_password(password))
    except (VerificationError, InvalidHashError):
        return False
