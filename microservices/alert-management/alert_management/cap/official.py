"""OASIS' own XSD, where the operator has put one: a second opinion beside our tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from alert_management.cap.findings import Problem
from alert_management.cap.xml import CAP_NAMESPACES, Element, namespace

_XSD = "http://www.w3.org/2001/XMLSchema"


class SchemaUnreadableError(ValueError):
    """A file that should be a schema is none; says which and why."""


@dataclass(frozen=True)
class OfficialSchemas:
    """The schemas at hand, by CAP's version."""

    by_version: dict[str, etree.XMLSchema]

    @classmethod
    def load(cls, place: Path) -> OfficialSchemas:
        """A schema, or a folder of them. Of several for one version (a profile's among them) the shortest name counts.

        Raises:
            SchemaUnreadableError: no schema of CAP is there, or one cannot be read.
        """
        files = sorted(place.glob("*.xsd")) if place.is_dir() else [place]
        found: dict[str, etree.XMLSchema] = {}
        for file in sorted(files, key=lambda file: (len(file.name), file.name)):
            try:
                tree = etree.parse(file, etree.XMLParser(no_network=True, resolve_entities=False))
                version = CAP_NAMESPACES.get(str(tree.getroot().get("targetNamespace")))
                describes = tree.find(f"{{{_XSD}}}element[@name='alert']") is not None
                if version is not None and describes and version not in found:
                    found[version] = etree.XMLSchema(tree)
            except (OSError, etree.LxmlError) as error:
                raise SchemaUnreadableError(f"The schema {file} cannot be read: {error}") from error
        if not found:
            raise SchemaUnreadableError(f"There is no schema of CAP in {place}.")
        return cls(found)

    def violations(self, alert: Element) -> list[Problem] | None:
        """What the schema of its version has against an alert, None without one."""
        schema = self.by_version.get(CAP_NAMESPACES.get(namespace(alert), ""))
        if schema is None:
            return None
        schema.validate(alert)
        return [Problem(error.line, "", error.message) for error in schema.error_log]
