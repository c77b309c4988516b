"""Every check, in the order in which they are told: the machine first, then what builds on it."""

from __future__ import annotations

from muster_host.doctor import configuration, database, engines, machine, peers
from muster_host.doctor.findings import Check

CHECKS = (
    Check("Python", machine.python),
    Check("settings", configuration.names),
    Check("settings together", configuration.contradictions),
    Check("demo", configuration.demo),
    Check("secrets", machine.secrets),
    Check("disk", machine.disk),
    Check("port", machine.port),
    Check("PostgreSQL", database.postgres),
    Check("migrations", database.migrations),
    Check("outbox", database.outboxes),
    Check("beat", database.clock),
    Check("cache", engines.cache),
    Check("broker", engines.broker),
    Check("Elasticsearch", engines.elasticsearch),
    Check("gRPC", peers.peers),
    Check("certificate", peers.certificates),
    Check("feeds", database.feeds),
    Check("journal", database.journal),
    Check("backup", machine.backup),
)
