"""A worker that breaks its promises on purpose, for a process of its own: `python -m muster_testing.faults.workers`.

It is the negative control of the warnings: it writes that a provider has accepted a message before it asks any provider,
and it believes no lease. No setting of the product leads here.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from muster_host.cli import main
from notification.domain.delivery import State
from notification.repository.delivery import DeliveryRepository, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

_begin = DeliveryRepository.begin


async def _early(self: DeliveryRepository, ids: Sequence[UUID], provider: str) -> None:
    await _begin(self, ids, provider)
    await self.settle([Result(one, State.ACCEPTED, provider) for one in ids], (State.SENDING,))


DeliveryRepository.begin = _early

if __name__ == "__main__":
    sys.exit(main(["worker", *sys.argv[1:]]))
