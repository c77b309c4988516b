"""docker/compose.yml as it is written: every service by face, nothing forgotten, and what is missing is named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from muster_core.microservice import Microservice
from muster_core.tasks import LANES
from muster_host.compose.file import Service, filled, read
from muster_host.compose.plan import Plan
from muster_host.compose.runner import DOCKER, Runner
from muster_host.compose.secrets import make
from muster_host.errors import HostError
from muster_host.frontend import SECURITY_HEADERS

FILE = DOCKER / "compose.yml"
GIVEN = {"MUSTER_PUBLIC_URL": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Service]:
    """The file's services."""
    return read(FILE, GIVEN)


def test_every_service_is_there_with_every_face_it_has(
    compose: dict[str, Service], services: list[Microservice]
) -> None:
    for service in services:
        wanted = {"migrate", "api", "relay", "tasks", "beat"}
        if service.listeners:
            wanted.add("consumers")
        present = {
            name.removeprefix(f"{service.name}-")
            for name in compose
            if name.startswith(f"{service.name}-")
        }
        # Urgent work may have workers of its own; all lanes are taken, each by one of them.
        assert present - {"urgent"} == wanted, service.name
        workers = [
            compose[f"{service.name}-{one}"].command for one in present & {"tasks", "urgent"}
        ]
        lanes = [lane for words in workers for lane in words[words.index("--lanes") + 1].split(",")]
        assert sorted(lanes) == sorted(LANES), service.name
        assert compose[f"{service.name}-api"].replicas == 2
        faces = compose[f"{service.name}-api"].command[-1].split(",")
        assert ("rpc" in faces) == bool(service.rpc)
        told = compose[f"{service.name}-api"].environment
        assert ("MUSTER_RPC_ADDRESS" in told) == bool(service.rpc), service.name


def test_every_process_waits_for_what_it_needs_and_has_a_check(
    compose: dict[str, Service],
) -> None:
    for service in compose.values():
        assert set(service.depends_on) <= set(compose)
        assert service.job or service.health is not None, service.name
        for on, condition in service.depends_on.items():
            assert (condition == "service_completed_successfully") == compose[on].job


def test_each_service_has_an_account_of_its_own_for_database_and_broker(
    compose: dict[str, Service], services: list[Microservice], tmp_path: Path
) -> None:
    make(tmp_path / "secrets")
    seen: set[str] = set()
    for service in services:
        given = compose[f"{service.name}-relay"].secrets
        for name in ("muster_database_url", "muster_broker_url"):
            url = (tmp_path / "secrets" / given[name].name).read_text()
            account = url.split("://")[1].split("@")[0]
            assert account.split(":")[0] in {service.name, service.schema}
            assert account not in seen
            seen.add(account)


def test_a_secret_is_made_once_and_never_given_away(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert make(folder) == []

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert folder.stat().st_mode & 0o077 == 0
    done = subprocess.run(
        ["git", "check-ignore", str(DOCKER / "secrets" / "cache_url")],
        cwd=DOCKER,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, "docker/secrets would be committed"


def test_every_file_that_the_compose_file_names_is_made(tmp_path: Path) -> None:
    make(tmp_path)
    document = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for name, entry in document["secrets"].items():
        assert (tmp_path / Path(entry["file"]).relative_to("secrets")).is_file(), name


def test_a_variable_without_a_default_is_named_with_the_reason() -> None:
    with pytest.raises(HostError, match="MUSTER_PUBLIC_URL is not set; it is the address"):
        read(FILE, {})


@pytest.mark.parametrize(
    ("written", "given", "means"),
    [
        ("${A:-x}", {}, "x"),
        ("${A:-x}", {"A": ""}, "x"),
        ("${A-x}", {"A": ""}, ""),
        ("${A:-${B:-y}}", {}, "y"),
        ("${A}b$$c", {"A": "a"}, "ab$c"),
    ],
)
def test_variables_are_filled_by_the_rules_of_compose(
    written: str, given: dict[str, str], means: str
) -> None:
    assert filled(written, given) == means


def test_addresses_become_those_of_this_machine_and_nothing_else_changes(
    compose: dict[str, Service], tmp_path: Path
) -> None:
    plan = Plan(tmp_path, compose)
    first, second = plan.of("identity-api")
    assert plan.here("dns:identity-api:50051") == (
        f"ipv4:127.0.0.1:{first.ports[50051]},127.0.0.1:{second.ports[50051]}"
    )
    assert plan.here("muster-identity-api-2:8080") == f"127.0.0.1:{second.ports[8080]}"
    database = plan.of("postgres")[0].ports[5432]
    url = "postgresql://identity:5432abc@postgres:5432/muster"
    assert plan.here(url) == f"postgresql://identity:5432abc@127.0.0.1:{database}/muster"
    told = plan.environment(first)
    assert told["MUSTER_PORT"] == str(first.ports[8080])
    assert told["MUSTER_RPC_ADDRESS"] == f"127.0.0.1:{first.ports[50051]}"
    assert set(json.loads(told["MUSTER_RPC_PEERS"])) >= {"identity", "activity-log"}
    assert Plan(tmp_path, compose).of("identity-api")[0].ports == first.ports


def test_the_front_end_in_nginx_says_the_same_to_browsers_as_the_host() -> None:
    text = (DOCKER / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    for name, value in SECURITY_HEADERS:
        said = re.search(rf"add_header {name.decode()} (.+) always;", text, re.IGNORECASE)
        assert said is not None, name
        assert said[1].strip('"') == value.decode()


def test_the_gateway_knows_where_every_path_of_the_api_goes(services: list[Microservice]) -> None:
    text = (DOCKER / "gateway" / "Caddyfile").read_text(encoding="utf-8")
    matchers = dict(re.findall(r"@(\w+) path (.+)", text))
    order = re.findall(r"handle @(\w+) \{\s+import service ([\w-]+)", text)
    for service in services:
        for router in service.routers:
            for route in router.routes:
                path = re.sub(r"\{[^}]+\}", "some-thing", str(getattr(route, "path", "")))
                goes = next(to for name, to in order if _matches(path, matchers[name].split()))
                assert goes == service.name, path


def _matches(path: str, patterns: list[str]) -> bool:
    return any(re.fullmatch(re.escape(p).replace(r"\*", ".*"), path) for p in patterns)


@pytest.mark.parametrize(
    ("words", "variable"),
    [
        (["serve", "incident-management"], "MUSTER_DATABASE_URL"),
        (["serve", "incident-management"], "MUSTER_BROKER_URL"),
        (["serve", "incident-management"], "MUSTER_CACHE_URL"),
        (["serve", "incident-management"], "MUSTER_RPC_PEERS"),
        (["worker", "search"], "MUSTER_BROKER_URL"),
    ],
)
def test_a_process_that_lacks_a_setting_ends_and_names_it(
    words: list[str], variable: str, compose: dict[str, Service], tmp_path: Path
) -> None:
    plan = Plan(tmp_path, compose)
    process = plan.of("incident-management-relay")[0]
    told = {
        name: value
        for name, value in plan.environment(process).items()
        if not name.startswith("MUSTER_RPC_C") and name != "MUSTER_RPC_KEY_FILE"
    }
    told |= {
        "MUSTER_DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
        "MUSTER_BROKER_URL": "amqp://x@127.0.0.1:1/x",
        "MUSTER_CACHE_URL": "redis://127.0.0.1:1/0",
    }
    del told["MUSTER_SECRETS_DIR"]
    del told[variable]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}

    done = subprocess.run(
        [sys.executable, "-m", "muster_host", *words],
        env={**kept, **told},
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )

    assert done.returncode != 0
    assert variable in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_secret_in_a_file_counts_like_its_variable(tmp_path: Path) -> None:
    (tmp_path / "muster_database_url").write_text("postgresql://x@nowhere/x\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
    show = "from muster_core.settings import Settings; print(Settings().database_url.get_secret_value())"

    def run(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", show],
            env={**kept, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run(MUSTER_SECRETS_DIR=str(tmp_path)).stdout == "postgresql://x@nowhere/x\n"
    both = run(MUSTER_SECRETS_DIR=str(tmp_path), MUSTER_DATABASE_URL="postgresql://y@z/y")
    assert both.stdout == "postgresql://y@z/y\n"
    missing = run(MUSTER_SECRETS_DIR=str(tmp_path / "nothing"))
    assert "MUSTER_SECRETS_DIR" in missing.stderr


def test_a_runner_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no service 'telegraph'"):
        Runner(tmp_path, GIVEN).restart("telegraph")
