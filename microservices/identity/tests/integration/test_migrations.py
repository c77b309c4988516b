from __future__ import annotations

from identity_service.main import service
from muster_core.database import Database
from muster_core.migrations import differences, downgrade, upgrade


async def test_the_migrations_make_what_the_models_say_and_can_be_taken_back(
    database_url: str,
) -> None:
    database = Database(database_url, 2)
    try:
        async with database.engine.begin() as connection:
            assert await connection.run_sync(differences, service) == []
            await connection.run_sync(downgrade, service)
            await connection.run_sync(upgrade, service)
            assert await connection.run_sync(differences, service) == []
    finally:
        await database.close()
