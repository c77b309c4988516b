"""First choice, then second: what one provider cannot take now goes to the next one at once, not after a timer.

For messages that are sent by themselves, such as a code. Broadcasts go by the delivery engine, which chooses by the
same rules and stores between the choices what was begun.
"""

from __future__ import annotations

from collections.abc import Sequence

from notification.channels.port import PATIENCE, Channel, Message, Outcome, OutcomeState


async def send_by_choice(choices: Sequence[Channel], messages: Sequence[Message]) -> list[Outcome]:
    """One outcome per message, in order.

    A `retry` of one choice is tried at the next within this call; at most one time-out (10 s by default) lies between.
    A message in doubt stays with its provider: another one would send it twice.
    """
    outcomes: dict[int, Outcome] = {}
    left = list(range(len(messages)))
    for choice in choices:
        now = [place for place in left if choice.serves(messages[place])]
        if not now or not choice.ready():
            continue
        for start in range(0, len(now), choice.batch):
            part = now[start : start + choice.batch]
            found = await choice.send([messages[place] for place in part])
            for place, outcome in zip(part, found, strict=True):
                outcomes[place] = _better(outcomes.get(place), outcome)
        left = [place for place in left if place not in outcomes or _goes_on(outcomes[place])]
    nobody = Outcome(OutcomeState.RETRY, "none", reason="no-provider", retry_after=5.0)
    return [outcomes.get(place, nobody) for place in range(len(messages))]


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
