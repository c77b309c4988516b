"""First choice, then second: what one provider cannot take now goes to the next one at once, not after a timer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from notification.channels.port import Channel, Message, Outcome, OutcomeState

PATIENCE: Final = 20.0
"""Seconds that we wait for a provider that only asks us to be slower, before the next one is taken."""
TWICE_RATHER_THAN_NEVER: Final = frozenset({"Extreme", "Severe"})


async def send_by_choice(
    choices: Sequence[Channel],
    messages: Sequence[Message],
    bound: Mapping[str, str] | None = None,
) -> list[Outcome]:
    """One outcome per message, in order.

    A `retry` of one choice is tried at the next within this call; at most one time-out (10 s by default) lies
    between. A message in doubt stays with its provider: another one would send it twice. `bound` says which
    provider may hold a key already (an earlier `retry` with `same_provider`); only if that one is not ready, and
    life is in danger, the next may have it.
    """
    bound = bound or {}
    outcomes: dict[int, Outcome] = {}
    left = list(range(len(messages)))
    for choice in choices:
        if not left:
            break
        now = [i for i in left if _may(choice, messages[i], bound, choices)]
        if not now or not choice.ready():
            continue
        for start in range(0, len(now), choice.batch):
            part = now[start : start + choice.batch]
            found = await choice.send([messages[i] for i in part])
            for place, outcome in zip(part, found, strict=True):
                outcomes[place] = _better(outcomes.get(place), outcome)
        left = [i for i in left if i not in outcomes or _goes_on(outcomes[i])]
    nobody = Outcome(OutcomeState.RETRY, "none", reason="no-provider", retry_after=5.0)
    return [outcomes.get(place, nobody) for place in range(len(messages))]


def _may(
    choice: Channel, message: Message, bound: Mapping[str, str], choices: Sequence[Channel]
) -> bool:
    if not choice.serves(message):
        return False
    holder = bound.get(message.key)
    if holder is None or holder == choice.provider:
        return True
    there = next((one for one in choices if one.provider == holder), None)
    if there is not None and there.ready():
        return False
    return there is None or message.severity in TWICE_RATHER_THAN_NEVER


def _goes_on(outcome: Outcome) -> bool:
    """Whether the next choice should have it."""
    if outcome.state is not OutcomeState.RETRY or outcome.same_provider:
        return False
    slower = (outcome.reason or "").startswith("rate-limited")
    return not (slower and (outcome.retry_after or 0.0) <= PATIENCE)


def _better(first: Outcome | None, second: Outcome) -> Outcome:
    """If nobody took it, come back when the sooner of both may."""
    if first is None or second.state is not OutcomeState.RETRY or second.same_provider:
        return second
    return min(first, second, key=lambda one: one.retry_after or 0.0)
