"""What notification does when it hears of other services' facts."""

from __future__ import annotations

from muster_core.consumers import Consumers

consumers = Consumers("notification")
