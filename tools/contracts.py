#!/usr/bin/env python3
"""Hold the gRPC contracts to their rules, and to what was published: backend/contracts/baseline.json.

    tools/contracts.py [FOLDER]             lint, and compare with the baseline (of another copy)
    tools/contracts.py --refresh [FOLDER]   the same, and take what was added into the baseline
    tools/contracts.py --baseline [FOLDER]  make what is there now the baseline, breaking or not

Nothing is fetched: buf comes with the development environment, and the contracts depend on nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUF = ROOT / ".venv" / "bin" / "buf"
UNKNOWN = "IDEMPOTENCY_UNKNOWN"
BROKEN = """
This breaks who speaks the published contract: during every upgrade old and new processes ask each other.
Leave the published lines as they are. Add a field with a new number, or a method; or put the new shape into a new
package beside the old one (muster/<area>/v2/<area>.proto), serve both, and remove v1 when nobody asks it any more.
Only for what was never released: `make proto-baseline` accepts it, and baseline.json's change shows in the review."""


def buf(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run buf in a folder of contracts, with an empty cache and no way out."""
    with tempfile.TemporaryDirectory(prefix="muster-buf-") as cache:
        nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
        environment = {**os.environ, **nowhere, "BUF_CACHE_DIR": cache}
        return subprocess.run(
            [str(BUF), *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


def image(folder: Path) -> dict[str, object]:
    """The contracts as descriptors."""
    built = buf(folder, "build", "--exclude-source-info", "-o", "-#format=json")
    if built.returncode:
        raise SystemExit(built.stdout + built.stderr)
    made: dict[str, object] = json.loads(built.stdout)
    return made


def unmarked(made: dict[str, object]) -> list[str]:
    """Methods that do not say whether they may be asked twice: callers go by it."""
    found: list[str] = []
    files: list[dict[str, object]] = made["file"]  # type: ignore[assignment]
    for file in files:
        services: list[dict[str, object]] = file.get("service", [])  # type: ignore[assignment]
        for service in services:
            methods: list[dict[str, object]] = service.get("method", [])  # type: ignore[assignment]
            for method in methods:
                options: dict[str, object] = method.get("options", {})  # type: ignore[assignment]
                if "idempotencyLevel" not in options:
                    found.append(
                        f"{file['name']}: {service['name']}.{method['name']} does not say"
                        f" `option idempotency_level`: NO_SIDE_EFFECTS (callers may ask again) or {UNKNOWN}"
                    )
    return found


def check(folder: Path) -> tuple[str, bool]:
    """What is wrong with the contracts, if anything, and whether it is that they break the baseline."""
    linted = buf(folder, "lint")
    if linted.returncode:
        return linted.stdout + linted.stderr, False
    missing = unmarked(image(folder))
    if missing:
        return "\n".join(missing), False
    if not (folder / "baseline.json").exists():
        return "baseline.json is missing: `make proto-baseline` writes it.", False
    compared = buf(folder, "breaking", "--against", "baseline.json")
    return compared.stdout + compared.stderr, compared.returncode != 0


def write_baseline(folder: Path) -> None:
    """Make what is there now what was published."""
    text = json.dumps(image(folder), indent=1, sort_keys=True) + "\n"
    (folder / "baseline.json").write_text(text, encoding="utf-8")


def main(words: list[str]) -> int:
    """Answers the exit status."""
    modes = [word for word in words if word.startswith("--")]
    folders = [Path(word) for word in words if not word.startswith("--")]
    folder = folders[0] if folders else ROOT / "backend" / "contracts"
    if "--baseline" in modes:
        write_baseline(folder)
        return 0
    wrong, breaks = check(folder)
    if wrong:
        print(wrong.strip())
        if breaks:
            print(BROKEN)
        return 1
    if "--refresh" in modes:
        write_baseline(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
