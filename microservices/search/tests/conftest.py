from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from muster_core.microservice import Microservice
from muster_core.runtime import Runtime
from search.engines.asking import ElasticsearchEngine
from search.engines.choosing import engines_of
from search.main import service
from search.testing import Shelf, both_engines, settings_for


@pytest.fixture(scope="session")
def alone() -> list[Microservice]:
    """The search alone."""
    return [service]


@pytest_asyncio.fixture(params=["postgresql", "elasticsearch"])
async def shelf(request: pytest.FixtureRequest, runtime: Runtime) -> AsyncIterator[Shelf]:
    """Each engine in turn."""
    if request.param == "elasticsearch":
        url: str = request.getfixturevalue("elasticsearch_url")
        async with both_engines(runtime, url) as engines:
            assert engines.elasticsearch is not None
            engine = ElasticsearchEngine(engines.elasticsearch)
            yield Shelf(runtime, engine, engines.elasticsearch)
    else:
        runtime.override_settings(settings_for(None))
        yield Shelf(runtime, engines_of(runtime).postgresql, None)
    await runtime.close()
