"""`muster certificates`: what it writes, for whose eyes, and what stays when it is run again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from muster_host.certificates import make, show
from muster_host.cli import main
from muster_host.errors import HostError
from muster_host.services import installed_names


def names(path: Path) -> list[str]:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return found.value.get_values_for_type(x509.DNSName)


def test_each_service_has_a_pair_and_the_host_has_every_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made"
    assert main(["certificates", "make", str(folder)]) == 0
    services = installed_names()
    assert {path.stem for path in folder.glob("*.crt")} == {*services, "host", "ca"}
    assert names(folder / "identity.crt") == ["identity"]
    assert names(folder / "host.crt") == ["host", *services]
    for key in folder.glob("*.key"):
        assert key.stat().st_mode & 0o777 == 0o600, key
    assert not list(folder.glob(".*"))
    assert main(["certificates", "show", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "identity.crt: good, until " in shown
    assert "(89 days), for identity" in shown


def test_renewing_keeps_the_authority(tmp_path: Path) -> None:
    make(tmp_path, ["identity"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    make(tmp_path, ["identity"])
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    changed = {name for name, content in before.items() if after[name] != content}
    assert changed == {"identity.crt", "identity.key", "host.crt", "host.key"}


def test_an_expired_one_is_shown_and_fails(tmp_path: Path) -> None:
    make(tmp_path, ["identity"], days=-1)
    lines, well = show(tmp_path)
    assert not well
    assert any(line.startswith("identity.crt: EXPIRED") for line in lines)
    make(tmp_path, ["identity"], days=3)
    lines, well = show(tmp_path)
    assert well
    assert any(line.startswith("identity.crt: renew") for line in lines)


def test_a_broken_authority_is_not_replaced(tmp_path: Path) -> None:
    make(tmp_path, ["identity"])
    (tmp_path / "ca.key").unlink()
    with pytest.raises(HostError, match="half an authority"):
        make(tmp_path, ["identity"])
    with pytest.raises(HostError, match="before the"):
        make(tmp_path / "other", ["identity"], days=5000)
    with pytest.raises(HostError, match="There are no certificates"):
        show(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "MUSTER_RPC_ADDRESS is not set"),
        ({"MUSTER_RPC_ADDRESS": "0.0.0.0:9000"}, "MUSTER_RPC_CERTIFICATE_FILE is not set"),
        (
            {"MUSTER_RPC_ADDRESS": "0.0.0.0:9000", "MUSTER_RPC_CERTIFICATE_FILE": "/x.crt"},
            "MUSTER_RPC_KEY_FILE is not set",
        ),
    ],
)
def test_a_process_that_lacks_a_setting_does_not_start_and_names_it(
    tmp_path: Path, given: dict[str, str], named: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if "MUSTER_" not in name}
    environment |= {
        "MUSTER_HOME": str(tmp_path),
        "MUSTER_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "MUSTER_BROKER_URL": "amqp://127.0.0.1:9",
        "MUSTER_CACHE_URL": "redis://127.0.0.1:9",
        **given,
    }
    result = subprocess.run(
        [sys.executable, "-m", "muster_host", "serve", "identity"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert result.returncode == 1
    assert result.stderr.startswith("muster: The setting ")
    assert named in result.stderr
