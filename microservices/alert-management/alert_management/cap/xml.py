"""The one door for XML from outside: no DOCTYPE, no entities, no network, and limits before a tree is built.

Whoever sends 10 MB, 100,000 vertices, a depth of 1,000, or a document type is refused for what a scan of the bytes
shows, or by the parser at the first element too many; nothing is expanded and nothing is fetched.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from lxml import etree

from alert_management.cap.findings import CapError, Leniency, Problem, Tolerated

Element: TypeAlias = etree._Element  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # lxml has no public name for it

MAXIMUM_BYTES = 5_000_000
"""Five times the largest real feed we know; an ordinary alert has 3 to 60 kB."""
MAXIMUM_TAGS = 200_000
MAXIMUM_ATTRIBUTES = 100_000
MAXIMUM_NAMESPACES = 2_000
MAXIMUM_VERTICES = 50_000
"""Points in all polygons of one alert."""

CAP_NAMESPACES = {
    "http://www.incident.com/cap/1.0": "1.0",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
}
CAP_1_2 = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{SIGNATURES}}}Signature"

# One byte per character or UTF-8, ASCII below 128, so that no encoding hides a "<" from the scan.
_ENCODING = re.compile(r"utf-?8|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|(?:windows-|cp)125\d")
_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_BEFORE_ROOT = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_SPACE = b" \t\r\n"

# Comments and instructions are dropped as the text is read: `Fl<!-- -->ood` is one word, whatever was signed.
_parser = partial(
    etree.XMLParser,
    encoding="utf-8",
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    dtd_validation=False,
    huge_tree=False,
    recover=False,
)


@dataclass(frozen=True, slots=True)
class Document:
    """A tree, and the same document in UTF-8 without its declaration, comments kept."""

    root: Element
    text: bytes
    tolerated: tuple[Tolerated, ...]


def read_xml(data: bytes) -> Document:
    """Build the tree of a document from outside.

    Raises:
        CapError: too large, a DOCTYPE, an encoding we do not take, or not well-formed.
    """
    if len(data) > MAXIMUM_BYTES:
        raise refused(f"has {len(data):,} bytes; at most {MAXIMUM_BYTES:,} are accepted")
    text, tolerated = _as_utf8(data)
    _scan(text)
    try:
        root = etree.fromstring(text, _parser(remove_comments=True, remove_pis=True))
    except etree.XMLSyntaxError as error:
        raise refused(f"is not well-formed XML: {error.msg}", error.lineno or 0) from error
    if root.getroottree().docinfo.doctype:
        raise refused("declares a document type, which no CAP message needs")
    return Document(root, text, tolerated)


def with_comments() -> etree.XMLParser:
    """A parser for canonical XML with comments, of text that `read_xml` took."""
    return _parser()


def read_trusted(text: bytes) -> Element:
    """The tree of what we wrote ourselves, or `read_xml` took."""
    return etree.fromstring(text, _parser())


def standing_alone(element: Element) -> bytes:
    """An element as a document of its own, with the namespaces it stands in."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """An element's namespace, empty for none."""
    return str(element.tag)[1:].rpartition("}")[0]


def refused(text: str, line: int = 0) -> CapError:
    """The refusal of a whole document."""
    return CapError([Problem(line, "", text)])


def _as_utf8(data: bytes) -> tuple[bytes, tuple[Tolerated, ...]]:
    """The document in UTF-8, its declaration blanked so that lines still count the same."""
    tolerated: list[Tolerated] = []

    def forgiven(code: Leniency, text: str) -> None:
        tolerated.append(Tolerated(code, "", text))

    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise refused("is written in UTF-32; send UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in data[:4]:
        utf16 = "utf-16" if data[:1] in b"\xff\xfe" else "utf-16-be" if not data[0] else "utf-16-le"
        data = _decoded(data, utf16).encode()
        forgiven(Leniency.ENCODING, "written in UTF-16, read into UTF-8")
        return _blanked(data)[0], tuple(tolerated)
    data = data.removeprefix(codecs.BOM_UTF8)
    if data[:1] in _SPACE and data.lstrip(_SPACE).startswith(b"<?xml"):
        forgiven(Leniency.WHITESPACE, "white space before the XML declaration")
    text, encoding = _blanked(data)
    if not _ENCODING.fullmatch(encoding):
        raise refused(f"is written in {encoding}; send UTF-8")
    if encoding not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        text = _decoded(text, encoding).encode()
        forgiven(Leniency.ENCODING, f"written in {encoding.upper()}, read into UTF-8")
    return text, tuple(tolerated)


def _blanked(data: bytes) -> tuple[bytes, str]:
    """The document without its XML declaration, and the encoding that this named."""
    found = _DECLARATION.match(data, len(data) - len(data.lstrip(_SPACE)))
    if found is None:
        return data, "utf-8"
    named = _DECLARED.search(found[0])
    lines = b"\n" * found[0].count(b"\n")
    return (
        data[: found.start()] + lines + data[found.end() :],
        named[1].decode().lower() if named else "utf-8",
    )


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise refused(f"cannot be read as {encoding}") from error


def _scan(text: bytes) -> None:
    """Refuse by counting, in microseconds, what would cost memory to build."""
    at = 0
    while found := _BEFORE_ROOT.match(text, at):
        at = found.end()
    if text[at : at + 2] == b"<!":
        raise refused(
            "declares a document type (DOCTYPE), which no CAP message needs",
            text.count(b"\n", 0, at) + 1,
        )
    if text[at : at + 1] != b"<":
        raise refused("is not XML", text.count(b"\n", 0, at) + 1)
    for what, sign, most in (
        ("tags", b"<", MAXIMUM_TAGS),
        ("attributes", b"=", MAXIMUM_ATTRIBUTES),
        ("namespace declarations", b"xmlns", MAXIMUM_NAMESPACES),
    ):
        if text.count(sign) > most:
            raise refused(f"has more than {most:,} {what}")
