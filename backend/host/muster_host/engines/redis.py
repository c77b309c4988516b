"""Redis as Debian ships it, as a throwaway server: what a country runs where a laptop runs the embedded Valkey."""

from __future__ import annotations

import os
import shutil

from muster_host.engines import valkey
from muster_host.engines.engine import Engine
from muster_host.errors import HostError


class Redis(Engine):
    """A Redis server that keeps every write in its append-only file within a second."""

    name = "Redis"
    key = "redis"

    @property
    def url(self) -> str:
        """How to reach it, password included."""
        return f"redis://:{self._password}@127.0.0.1:{self.ports[0]}/0"

    def _prepare(self) -> None:
        lines = valkey.configuration(self.folder, self.ports[0], self._password, durable=True)
        file = self.folder / "redis.conf"
        file.touch(mode=0o600)
        file.write_text(lines, encoding="utf-8")

    def _command(self) -> list[str]:
        program = os.environ.get("MUSTER_REDIS") or shutil.which("redis-server")
        if program is None:
            raise HostError(
                "redis-server is not installed: `tools/bootstrap engines` as root, or `apt-get install redis-server`."
            )
        return [program, str(self.folder / "redis.conf")]

    def _answers(self) -> bool:
        return valkey.answers(self.ports[0], self._password)


embedded_redis = Redis.embedded
