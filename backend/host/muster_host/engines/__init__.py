"""Servers as child processes; nothing of them is configured system-wide.

PostgreSQL and Valkey come in Python wheels, for `muster up`; RabbitMQ, Redis and Elasticsearch as the machine has
them, for tests and for a deployment in pieces on one machine.

Tests use the same engines as the command line:

    with embedded_postgres(folder, durable=False) as database:
        connect(database.url)
"""

from muster_host.engines.elasticsearch import Elasticsearch, embedded_elasticsearch
from muster_host.engines.engine import Engine
from muster_host.engines.postgres import Postgres, embedded_postgres
from muster_host.engines.rabbitmq import RabbitMQ, embedded_rabbitmq
from muster_host.engines.redis import Redis, embedded_redis
from muster_host.engines.valkey import Valkey, embedded_valkey

__all__ = [
    "Elasticsearch",
    "Engine",
    "Postgres",
    "RabbitMQ",
    "Redis",
    "Valkey",
    "embedded_elasticsearch",
    "embedded_postgres",
    "embedded_rabbitmq",
    "embedded_redis",
    "embedded_valkey",
]
