"""The `muster` command. Each subcommand imports what it needs and no more: a warm start counts in seconds.

A service adds a command by an entry point of the group `muster.commands`: a function that takes the words after the
command's name and answers the exit status. It finds the database by its environment, started for it if need be; one of
the group `muster.offline_commands` needs none, and none is started.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from muster_core.errors import SettingError
from muster_host.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS_GROUP = "muster.commands"
OFFLINE_GROUP = "muster.offline_commands"


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; answers the exit status."""
    arguments = list(sys.argv[1:] if words is None else words)
    try:
        contributed = _contributed(arguments[0]) if arguments else None
        if contributed is not None:
            return contributed(arguments[1:])
        if arguments[:1] == ["psql"]:  # its options are psql's, not ours to parse
            return _psql(arguments[1:])
        parsed = _parser().parse_args(arguments)
        run: Callable[[argparse.Namespace], int] = parsed.run
        return run(parsed)
    except (HostError, SettingError) as error:
        print(f"muster: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(
            f"muster: The Python environment is incomplete ({error.name} is missing): remove .venv, then `make run`.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130


def _contributed(name: str) -> Callable[[Sequence[str]], int] | None:
    for entry in entry_points(group=OFFLINE_GROUP, name=name):
        return entry.load()
    for entry in entry_points(group=COMMANDS_GROUP, name=name):
        return _with_database(entry.load())
    return None


def _with_database(run: Callable[[Sequence[str]], int]) -> Callable[[Sequence[str]], int]:
    def attached_run(words: Sequence[str]) -> int:
        from muster_host.surroundings import attached  # noqa: PLC0415

        with attached():
            return run(words)

    return attached_run


def _names_contributed() -> str:
    found = {entry.name for entry in entry_points(group=COMMANDS_GROUP)}
    return ", ".join(sorted(found | {entry.name for entry in entry_points(group=OFFLINE_GROUP)}))


def _parser() -> argparse.ArgumentParser:
    others = _names_contributed()
    parser = argparse.ArgumentParser(
        prog="muster",
        description="Emergency management: everything on one machine, or each service by itself.",
        epilog=f"The services add: {others}." if others else None,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], about: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        return command

    add("up", _up, "start everything on this machine, and stop it with Ctrl-C")
    serve = add(
        "serve", _serve, "serve some services, with a database and a cache that are elsewhere"
    )
    serve.add_argument("services", nargs="*", help="names of services; none means all")
    serve.add_argument(
        "--faces",
        default="api,rpc,relay,consumers,beat",
        help="api, rpc, relay, consumers, beat",
    )
    worker = add("worker", _worker, "run background tasks")
    worker.add_argument("services", nargs="*", help="names of services; none means all")
    worker.add_argument(
        "--port", type=int, default=None, help="serve /healthz, /readyz and /metrics there"
    )
    worker.add_argument("--lanes", default="urgent,default,bulk", help="the queues to work on")
    worker.add_argument(
        "--threads", type=int, default=None, help="tasks at once (MUSTER_WORKER_THREADS)"
    )
    migrate = add(
        "migrate", _migrate, "bring the database to the newest revision, and RabbitMQ to its queues"
    )
    migrate.add_argument("services", nargs="*", help="names of services; none means all")
    migrate.add_argument(
        "--check", action="store_true", help="fail if models and migrations differ"
    )
    add("settings", _settings, "explain every setting and show what is set")
    openapi = add("openapi", _openapi, "write the OpenAPI document of the whole API")
    openapi.add_argument("--output", type=Path, help="a file instead of standard output")
    asyncapi = add("asyncapi", _asyncapi, "write the AsyncAPI document of all events")
    asyncapi.add_argument("--output", type=Path, help="a file instead of standard output")
    letters = add(
        "dead-letters",
        _dead_letters,
        "what could not be handled: look, handle it again, or discard",
    )
    letters.add_argument("what", choices=["list", "show", "replay", "discard"])
    letters.add_argument("letters", nargs="*", metavar="ID", help="ids of letters, or `all`")
    letters.add_argument("--service", action="append", help="of this service only")
    letters.add_argument("--json", action="store_true", help="for programs")
    certificates = add(
        "certificates",
        _certificates,
        "an authority and a certificate for each service, for gRPC beyond one machine",
    )
    certificates.add_argument("what", choices=["make", "show"])
    certificates.add_argument("folder", type=Path)
    certificates.add_argument(
        "--days", type=float, default=90, help="how long the certificates last"
    )
    exercise = add(
        "exercise", _exercise, "play a scenario on the running installation, or list them"
    )
    exercise.add_argument("what", choices=["list", "play"])
    exercise.add_argument("scenario", nargs="?", help="a folder's name in scenarios/")
    exercise.add_argument(
        "--speed", type=float, default=60, help="how many times as fast as it happened"
    )
    add("accounts", _accounts, "have the first accounts: those of the demo, or one administrator")
    secrets = add("secrets", _secrets, "make what docker/compose.yml reads from files")
    secrets.add_argument("what", choices=["make"])
    secrets.add_argument("folder", type=Path, nargs="?", default=Path("docker/secrets"))
    compose = add(
        "compose", _compose, "run docker/compose.yml as processes of this machine, without Docker"
    )
    compose.add_argument("what", choices=["up", "down", "status", "restart", "logs"])
    compose.add_argument("services", nargs="*", help="names in compose.yml; none means all")
    compose.add_argument("--file", type=Path, default=None, help="docker/compose.yml if not said")
    engines = add(
        "engines", _engines, "throwaway RabbitMQ, Redis and Elasticsearch on this machine"
    )
    engines.add_argument("what", choices=["up", "down", "status"])
    engines.add_argument("names", nargs="*", help="rabbitmq, redis, elasticsearch; none means all")
    doctor = add(
        "doctor",
        _doctor,
        "check everything an operator would, and say what to do (status 0 well, 1 look, 2 broken)",
    )
    doctor.add_argument("--json", action="store_true", help="for programs")
    add("psql", _up, "open the database in psql; further words are psql's")
    return parser


def _up(_arguments: argparse.Namespace) -> int:
    from muster_host.up import up  # noqa: PLC0415

    return up()


def _serve(arguments: argparse.Namespace) -> int:
    from muster_host.alone import serve_alone  # noqa: PLC0415

    return serve_alone(arguments.services, frozenset(arguments.faces.split(",")))


def _worker(arguments: argparse.Namespace) -> int:
    from muster_host.environment import read  # noqa: PLC0415
    from muster_host.settings import HostSettings  # noqa: PLC0415
    from muster_host.worker import run_worker  # noqa: PLC0415

    threads = arguments.threads or read(HostSettings).worker_threads
    lanes = arguments.lanes.split(",")
    return run_worker(arguments.services, threads=threads, lanes=lanes, port=arguments.port)


def _migrate(arguments: argparse.Namespace) -> int:
    from muster_host.surroundings import attached  # noqa: PLC0415

    with attached():
        from muster_host.environment import read_settings  # noqa: PLC0415
        from muster_host.migrate import (  # noqa: PLC0415
            declare_queues,
            differences_of,
            migrate_all,
        )
        from muster_host.services import chosen  # noqa: PLC0415

        services, settings = chosen(arguments.services), read_settings()
        done = migrate_all(services, settings)
        declare_queues(services, settings)
        print(
            f"Migrated: {', '.join(done)}." if done else "Every schema is at its newest revision."
        )
        if not arguments.check:
            return 0
        found = differences_of(services, settings)
    for name, differing in found.items():
        print(f"{name}: its models say what its migrations do not make; write a revision for:")
        for one in differing:
            print(f"  {one}")
    return 1 if found else 0


def _settings(_arguments: argparse.Namespace) -> int:
    from muster_host.settings_page import settings_page  # noqa: PLC0415

    print(settings_page())
    return 0


def _openapi(arguments: argparse.Namespace) -> int:
    from muster_host.openapi import openapi_document  # noqa: PLC0415

    return _write(openapi_document(), arguments.output)


def _asyncapi(arguments: argparse.Namespace) -> int:
    from muster_core.asyncapi import asyncapi_document  # noqa: PLC0415
    from muster_host.services import chosen  # noqa: PLC0415

    return _write(asyncapi_document(chosen(())), arguments.output)


def _write(document: object, output: Path | None) -> int:
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
    return 0


def _dead_letters(arguments: argparse.Namespace) -> int:
    from muster_host.surroundings import attached  # noqa: PLC0415

    with attached():
        from muster_host.dead_letters import run  # noqa: PLC0415

        return run(
            arguments.what, arguments.letters, arguments.service or (), as_json=arguments.json
        )


def _certificates(arguments: argparse.Namespace) -> int:
    from muster_host import certificates  # noqa: PLC0415
    from muster_host.services import installed_names  # noqa: PLC0415

    if arguments.what == "show":
        lines, well = certificates.show(arguments.folder)
        print("\n".join(lines))
        return 0 if well else 1
    made = certificates.make(arguments.folder, installed_names(), days=arguments.days)
    print(f"In {arguments.folder}: ca.crt, and .crt and .key for {', '.join(made)}.")
    print("Keep ca.key where no service runs; `muster certificates make` renews with it.")
    return 0


def _exercise(arguments: argparse.Namespace) -> int:
    from muster_host.home import Home  # noqa: PLC0415

    if arguments.what == "list":
        from muster_host.exercise import list_scenarios  # noqa: PLC0415

        return list_scenarios()
    if arguments.scenario is None or not 0 < arguments.speed <= 100_000:
        raise HostError(
            "Say which scenario, and a speed above 0: `muster exercise list` names them."
        )
    home = Home(Path(os.environ.get("MUSTER_HOME", "var")))
    if not home.running() and not os.environ.get("MUSTER_DATABASE_URL"):
        raise HostError("Muster does not run here: start it with `make run`, then play.")
    from muster_host.surroundings import attached  # noqa: PLC0415

    with attached():
        from muster_host.exercise import play  # noqa: PLC0415

        return play(arguments.scenario, arguments.speed)


def _accounts(_arguments: argparse.Namespace) -> int:
    from muster_host.accounts import make_accounts  # noqa: PLC0415

    return make_accounts()


def _secrets(arguments: argparse.Namespace) -> int:
    from muster_host.compose.secrets import make  # noqa: PLC0415

    made = make(arguments.folder)
    print(f"In {arguments.folder}: {len(made)} made, the rest kept." if made else "All were there.")
    return 0


def _compose(arguments: argparse.Namespace) -> int:
    from muster_host.compose.command import command  # noqa: PLC0415

    return command(arguments.what, arguments.services, arguments.file)


def _engines(arguments: argparse.Namespace) -> int:
    from muster_host.engines.instances import command  # noqa: PLC0415

    return command(arguments.what, arguments.names)


def _doctor(arguments: argparse.Namespace) -> int:
    from muster_host.doctor import doctor  # noqa: PLC0415

    return doctor(as_json=arguments.json)


def _psql(words: Sequence[str]) -> int:
    import subprocess  # noqa: PLC0415

    from muster_host.engines.postgres import binaries  # noqa: PLC0415
    from muster_host.surroundings import attached  # noqa: PLC0415

    with attached():
        url = os.environ["MUSTER_DATABASE_URL"]
        return subprocess.run([str(binaries() / "psql"), "-d", url, *words], check=False).returncode
