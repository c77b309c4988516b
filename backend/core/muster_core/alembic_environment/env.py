"""Alembic's environment for every service: the service and the connection are handed in by `muster_core.migrations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import context
from sqlalchemy import text

from muster_core.migrations import LOCK_TIMEOUT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from muster_core.microservice import Microservice

service: Microservice = context.config.attributes["service"]
connection: Connection = context.config.attributes["connection"]
# Looked for first: a service whose account may make no schemas of its own is given one.
if connection.scalar(text(f"SELECT to_regnamespace('{service.schema}')")) is None:
    connection.execute(text(f"CREATE SCHEMA {service.schema}"))
connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
connection.execute(text("SET LOCAL statement_timeout = 0"))
context.configure(
    connection=connection,
    target_metadata=service.base.metadata,
    version_table_schema=service.schema,
    include_schemas=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
