"""What an index of ours looks like, and how a stored document goes into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from search.domain.indexed import word_lists
from search.engines.port import micros

Json = dict[str, Any]

_KEYWORD: dict[str, Any] = {"type": "keyword"}
# Shown, never searched.
_SHOWN: dict[str, Any] = {"type": "keyword", "index": False, "doc_values": False}
_WORDS: dict[str, Any] = {
    "type": "text",
    "analyzer": "whitespace",
    "norms": False,
    "position_increment_gap": 100,
}


@dataclass(frozen=True, slots=True)
class Write:
    """What an index is to hold of a document under a revision; `body` None: nothing any more."""

    key: str
    revision: int
    body: Json | None


def index_template(pattern: str) -> dict[str, Any]:
    """The template of our indices. One shard: a node searches one as fast as it can, and counts in it are exact."""
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "template": {
            "settings": {
                "number_of_shards": 1,
                "number_of_replicas": 0,
                "auto_expand_replicas": "0-1",
                "refresh_interval": "500ms",
                # So long a removal is remembered, so that an older copy does not come after it.
                "gc_deletes": "1h",
                "mapping": {"total_fields": {"limit": 60}},
            },
            "mappings": {
                "dynamic": "strict",
                "_source": {"excludes": ["words", "title_words", "title_key"]},
                "properties": {
                    "key": _KEYWORD,
                    "kind": _KEYWORD,
                    "id": _SHOWN,
                    "organization_id": _KEYWORD,
                    "incident_id": _KEYWORD,
                    "exercise": {"type": "boolean"},
                    "listed_by": _KEYWORD,
                    "requires": _KEYWORD,
                    "title": _SHOWN,
                    "text": _SHOWN,
                    "title_key": _KEYWORD | {"ignore_above": 512, "doc_values": False},
                    "title_words": _WORDS,
                    "words": _WORDS,
                    "status": _KEYWORD,
                    "type": _KEYWORD,
                    "at": {"type": "long"},
                    "location": {"type": "geo_point"},
                    **{edge: {"type": "double"} for edge in ("west", "south", "east", "north")},
                    "url": _SHOWN,
                    "subject": _SHOWN,
                    "digest": {"type": "long", "index": False},
                    "bucket": {"type": "short"},
                },
            },
        },
    }


def body_of(row: Any) -> dict[str, Any]:
    """A stored document (a row of `search.document`) as the index takes it."""
    title, text = word_lists(row["title"], row["text"])
    body: dict[str, Any] = {
        "key": f"{row['kind']}/{row['id']}",
        "kind": row["kind"],
        "id": str(row["id"]),
        "organization_id": str(row["organization_id"]),
        "exercise": row["exercise"],
        "listed_by": row["listed_by"],
        "requires": row["requires"],
        "title": row["title"],
        "text": row["text"],
        "title_key": row["title_words"],
        "title_words": row["title_words"],
        "words": [" ".join(title), " ".join(text)],
        "at": micros(row["occurred_at"]),
        "url": row["url"],
        "subject": row["subject"],
        "digest": row["digest"],
        "bucket": row["bucket"],
    }
    for name in ("incident_id", "status", "type"):
        if row[name] is not None:
            body[name] = str(row[name])
    if row["location"] is not None:
        longitude, latitude = row["location"]
        body["location"] = {"lon": longitude, "lat": latitude}
    if row["extent"] is not None:
        (east, north), (west, south) = row["extent"]
        body |= {"west": west, "south": south, "east": east, "north": north}
    return body
