#!/usr/bin/env python3
"""Write a new microservice: its rooms, contract, tests and screen, registered wherever a service must be known.

    make service name=mutual-aid [noun=request]

The result is small, complete and passes `make check test`; README.md in its folder says what is where. Nothing is
written if the name will not do or a place of registration has changed beyond recognition.
"""

from __future__ import annotations

import argparse
import keyword
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "new_service_templates"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")
_NOUN = re.compile(r"[a-z]+")
_LONGEST_NAME = 40


class RefusedError(Exception):
    """One sentence for the person at the terminal."""


def words_for(name: str, noun: str) -> dict[str, str]:
    """Every form of the service's name and of its noun that the templates use."""
    parts = name.split("-")
    nouns = plural(noun)
    area = "".join(part.capitalize() for part in parts)
    return {
        "name": name,  # mutual-aid: folder, address, tag
        "package": name.replace("-", "_"),  # mutual_aid: import, schema, event
        "ENV": name.replace("-", "_").upper(),  # MUTUAL_AID: settings
        "Area": area,  # MutualAid: classes
        "area": area[0].lower() + area[1:],  # mutualAid: TypeScript
        "Title": " ".join(parts).capitalize(),  # Mutual aid: headings
        "title": " ".join(parts),  # mutual aid: sentences
        "noun": noun,
        "Noun": noun.capitalize(),
        "nouns": nouns,
        "Nouns": nouns.capitalize(),
        "a_noun": ("an " if noun[0] in "aeiou" else "a ") + noun,
    }


def plural(noun: str) -> str:
    """The English plural of a regular noun."""
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def check_words(root: Path, name: str, noun: str) -> None:
    """Refuse what cannot be a service.

    Raises:
        RefusedError: says why, and what instead.
    """
    package = name.replace("-", "_")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise RefusedError(
            f"'{name}' is no name for a service: give words in lower case joined by hyphens, such as"
            " `make service name=mutual-aid`."
        )
    if not _NOUN.fullmatch(noun) or keyword.iskeyword(noun) or noun == "incident":
        raise RefusedError(
            f"'{noun}' is no noun for a record: give one English word in the singular, such as `noun=request`."
        )
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or package == noun:
        raise RefusedError(f"'{name}' is taken by Python or by the noun: choose another name.")
    for place in (
        root / "microservices" / name,
        root / "backend" / "contracts" / "muster" / package,
        root / "frontend" / "src" / "features" / name,
    ):
        if place.exists():
            raise RefusedError(f"{place.relative_to(root)} exists already: choose another name.")


def fill(text: str, words: Mapping[str, str]) -> str:
    """A template with its words put in; an unknown word is a mistake in the template."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: words[match[1]], text)


def new_files(root: Path, words: Mapping[str, str]) -> dict[Path, str]:
    """What to write, by path."""
    homes = {
        "service/package": root / "microservices" / words["name"] / words["package"],
        "service": root / "microservices" / words["name"],
        "contract": root / "backend" / "contracts" / "muster" / words["package"],
        "frontend": root / "frontend" / "src" / "features" / words["name"],
        "messages": root / "frontend" / "src" / "i18n" / "en",
    }
    files: dict[Path, str] = {}
    for template in sorted(TEMPLATES.rglob("*.tmpl")):
        place = template.relative_to(TEMPLATES).as_posix().removesuffix(".tmpl")
        part = next(part for part in homes if place.startswith(part + "/"))
        target = homes[part] / fill(place.removeprefix(part + "/"), words)
        files[target] = fill(template.read_text(encoding="utf-8"), words)
    return files


# --- registration -------------------------------------------------------------------------------------------------

Edit = Callable[[str], str]


def after(pattern: str, addition: str, *, count: int = 1) -> Edit:
    """Put text after each of `count` places."""
    return _put(pattern, lambda found: found + addition, count)


def before(pattern: str, addition: str) -> Edit:
    """Put text before the one place."""
    return _put(pattern, lambda found: addition + found, 1)


def _put(pattern: str, change: Callable[[str], str], count: int) -> Edit:
    def edit(text: str) -> str:
        changed, found = re.subn(pattern, lambda match: change(match[0]), text, flags=re.MULTILINE)
        if found != count:
            raise RefusedError(
                f"tools/new_service.py looks for {pattern!r} {count} times and finds it {found} times: the file has"
                " changed; change the tool with it."
            )
        return changed

    return edit


def registrations(words: Mapping[str, str]) -> dict[str, list[Edit]]:
    """What to change in files that know every service, by path."""

    def w(text: str) -> str:
        return fill(text, words)

    return deployment(words) | {
        "pyproject.toml": [
            after(r'^    "activity_log",$', w('\n    "{{package}}",'), count=2),
            after(r'^    "identity_service \|.*\| activity_log', w(" | {{package}}")),
            after(r'^containers = \[.*"activity_log"', w(', "{{package}}"')),
        ],
        "microservices/identity/identity_service/catalogue.py": [
            before(
                r"^\)\n+_SEE = ",
                w(
                    '    PermissionEntry("{{name}}:read", "{{name}}", "See {{nouns}} of {{title}}."),\n'
                    '    PermissionEntry("{{name}}:work", "{{name}}", "Open and carry out {{nouns}}."),\n'
                ),
            ),
            after(r"^_SEE = frozenset\(\s*\{\s*", w('"{{name}}:read", ')),
            after(r"^_WORK = _SEE \| \{\s*", w('"{{name}}:work", ')),
        ],
        "frontend/src/app/routes.tsx": [
            before(
                r"^/\*\* A page is fetched",
                w(
                    'const {{Area}}Page = lazy(() => import("@/features/{{name}}/{{Area}}Page"));\n\n'
                ),
            ),
            before(
                r'^ +\{ path: "\*"',
                w('          { path: "{{name}}", element: page(<{{Area}}Page />) },\n'),
            ),
        ],
        "frontend/src/app/shell/Navigation.tsx": [
            before(
                r'^  \{ to: "/activity"',
                w(
                    '  { to: "/{{name}}", label: "{{area}}.title", icon: ClipboardList, anyOf: ["{{name}}:read"] },\n'
                ),
            ),
            _icon,
        ],
        "frontend/src/i18n/en/index.ts": [
            after(r"^import \{ signIn \}.*$", w('\nimport { {{area}} } from "./{{area}}";')),
            after(r"^export const en = \{.*\bsignIn", w(", {{area}}")),
        ],
        "frontend/src/live/events.ts": [
            before(
                r'^  \["muster\.account\.',
                w('  ["muster.{{package}}_{{noun}}.", () => [["{{name}}"]]],\n'),
            ),
        ],
    }


def deployment(words: Mapping[str, str]) -> dict[str, list[Edit]]:
    """What to change in the files of docker/ and in what Prometheus asks, by path: the service by each of its faces."""
    folder = TEMPLATES / "deployment"
    anchor, job, faces, secrets = (
        fill((folder / f"{part}.yml").read_text(encoding="utf-8"), words)
        for part in ("anchor", "job", "faces", "secrets")
    )

    def w(text: str) -> str:
        return fill(text, words)

    targets = "".join(
        w(f"          - {{{{name}}}}-{face}\n")
        for face in ("api", "relay", "consumers", "tasks", "beat")
    )
    return {
        "docker/compose.yml": [
            before(r"^services:\n", anchor + "\n"),
            before(r"^  accounts:\n", job + "\n"),
            before(r"^  # --- what browsers reach", faces + "\n"),
            after(
                r"^      search-api: \{condition: service_healthy\}\n",
                w("      {{name}}-api: {condition: service_healthy}\n"),
            ),
            after(
                r"^    secrets: \[postgres_password, .*search_database_password",
                w(", {{package}}_database_password"),
            ),
            after(r"^  search_key: .*\n", secrets),
        ],
        "docker/postgres/10-services.sh": [
            after(r"^for name in .* search", w(" {{package}}")),
        ],
        "docker/gateway/Caddyfile": [
            before(
                r"^\t@document path ",
                w("\t@{{package}} path /api/v1/{{name}} /api/v1/{{name}}/*\n"),
            ),
            before(
                r"^\thandle @document \{",
                w("\thandle @{{package}} {\n\t\timport service {{name}}\n\t}\n"),
            ),
        ],
        "infrastructure/observability/prometheus.yml": [
            after(r"^          - search-beat\n", targets),
        ],
    }


def _icon(text: str) -> str:
    """The icon that a new place has until somebody draws a better one."""
    if "ClipboardList," in text.split("from", 1)[0]:
        return text
    return after(r"^import \{ Activity,", " ClipboardList,")(text)


# --- the command ----------------------------------------------------------------------------------------------------


def write(root: Path, name: str, noun: str) -> list[Path]:
    """Write the service's files and registrations; answers what was written. Nothing is, if anything is refused.

    Raises:
        RefusedError: says why, and what instead.
    """
    check_words(root, name, noun)
    words = words_for(name, noun)
    files = new_files(root, words)
    for path, edits in registrations(words).items():
        text = (root / path).read_text(encoding="utf-8")
        for edit in edits:
            text = edit(text)
        files[root / path] = text
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def finish(root: Path, written: list[Path]) -> None:
    """Put the code in the house's form, install the service, and generate what is generated from it."""
    ruff = str(root / ".venv" / "bin" / "ruff")
    python = [str(path) for path in written if path.suffix == ".py"]
    # The length of a name moves imports and line breaks.
    subprocess.run(
        [ruff, "check", "--quiet", "--select", "I", "--fix", *python], cwd=root, check=True
    )
    subprocess.run([ruff, "format", "--quiet", *python], cwd=root, check=True)
    subprocess.run([sys.executable, "tools/bootstrap", "dev"], cwd=root, check=True)
    subprocess.run(["tools/api-types"], cwd=root, check=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make service")
    parser.add_argument("name", help="the service, in kebab-case: mutual-aid")
    parser.add_argument("noun", nargs="?", default="request", help="what it keeps: request")
    arguments = parser.parse_args()
    try:
        written = write(ROOT, arguments.name, arguments.noun or "request")
    except RefusedError as error:
        print(f"muster: {error}", file=sys.stderr)
        return 1
    try:
        finish(ROOT, written)
    except subprocess.CalledProcessError as error:
        words = " ".join(str(word) for word in error.cmd[:2])
        print(
            f"muster: The service is written, but `{words}` failed: mend that, then `make api-types check`.",
            file=sys.stderr,
        )
        return 1
    print(f"microservices/{arguments.name} is written and registered:")
    for path in written:
        print(f"  {path.relative_to(ROOT)}")
    print("Next: `make check test`, then read its README.md and make it yours.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
