"""Writing documents: whole, guarded by their versions, with the work that each change leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from muster.search.v1.documents import Document, Removal, Sharing
from search.domain.indexed import bucket, digest, learnable, vector, word_lists

_COLUMNS = (
    "organization_id uuid, incident_id uuid, exercise boolean, listed_by text, requires text,"
    " title text, text text, title_words text, words text, status text, type text,"
    " occurred_at timestamptz, location text, extent text, url text, subject text, version bigint,"
    " digest bigint, bucket smallint, deleted boolean"
)
_NAMES = [column.split()[0] for column in _COLUMNS.split(", ")]
_CAST = {"words": "r.words::tsvector", "location": "r.location::point", "extent": "r.extent::box"}
_VALUES = ", ".join(_CAST.get(name, f"r.{name}") for name in _NAMES)
_SET = ", ".join(f"{name} = excluded.{name}" for name in _NAMES)
_RECORDS = f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (kind text, id uuid, {_COLUMNS})"


def _upsert(guard: str) -> Any:
    # What is the same is not written to other engines again: its revision and time stay.
    same = "d.digest = excluded.digest AND d.deleted = excluded.deleted"
    return text(f"""
        INSERT INTO search.document AS d
            (kind, id, {", ".join(_NAMES)}, revision, changed_at)
        SELECT r.kind, r.id, {_VALUES}, nextval('search.revision'), CAST(:now AS timestamptz)
          FROM {_RECORDS} ORDER BY r.kind, r.id
        ON CONFLICT (kind, id) DO UPDATE SET {_SET},
            revision = CASE WHEN {same} THEN d.revision ELSE excluded.revision END,
            changed_at = CASE WHEN {same} THEN d.changed_at ELSE excluded.changed_at END
        WHERE {guard}
        RETURNING d.kind, d.id, d.deleted, d.changed_at = CAST(:now AS timestamptz) AS changed
    """)


_NEWER = _upsert("d.version < excluded.version")
# The service itself says so: it also corrects what has the same version.
_TRUE = _upsert(
    "d.version < excluded.version OR d.version = excluded.version"
    " AND (d.digest <> excluded.digest OR d.deleted <> excluded.deleted)"
)
_PENDING = text("""
    INSERT INTO search.pending (purpose, kind, document_id)
    SELECT :purpose, r.kind, r.id
      FROM unnest(CAST(:kinds AS text[]), CAST(:ids AS uuid[])) AS r (kind, id)
     WHERE :purpose <> 'index' OR EXISTS (SELECT FROM search.engine_index)
""")
_LEARN = text("""
    INSERT INTO search.word SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING
""")
_SHARE = text("""
    INSERT INTO search.share AS s (organization_id, incident_id, until, changed_at)
    VALUES (:organization_id, :incident_id, :until, :changed_at)
    ON CONFLICT (organization_id, incident_id) DO UPDATE
        SET until = excluded.until, changed_at = excluded.changed_at
        WHERE s.changed_at < excluded.changed_at
""")
_AGREE = text(f"""
    SELECT count(*) FROM {_RECORDS} JOIN search.document d ON d.kind = r.kind AND d.id = r.id
     WHERE d.version > r.version OR d.digest = r.digest AND NOT d.deleted
""")


@dataclass(frozen=True, slots=True)
class Changed:
    """A document that was written."""

    kind: str
    id: UUID
    deleted: bool


class DocumentRepository:
    """The documents of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(
        self,
        facts: Iterable[Document | Removal],
        *,
        now: datetime,
        true: bool = False,
        news: bool = True,
    ) -> list[Changed]:
        """Write what is newer than what is known; `true` also corrects what has the same version.

        `news` says that it happens now, so that saved searches look at it.
        """
        rows = rows_of(facts)
        if not rows:
            return []
        learned = sorted({word for row in rows for word in row.pop("learn")})
        if learned:
            await self._session.execute(_LEARN, {"words": learned})
        result = await self._session.execute(
            _TRUE if true else _NEWER, {"rows": json.dumps(rows, default=str), "now": now}
        )
        changed = [Changed(row.kind, row.id, row.deleted) for row in result if row.changed]
        await self._leave("index", changed)
        if news:
            await self._leave("watch", [one for one in changed if not one.deleted])
        return changed

    async def _leave(self, purpose: str, changed: Sequence[Changed]) -> None:
        if changed:
            await self._session.execute(
                _PENDING,
                {
                    "purpose": purpose,
                    "kinds": [one.kind for one in changed],
                    "ids": [one.id for one in changed],
                },
            )

    async def share(self, shares: Iterable[Sharing]) -> None:
        """Keep whom incidents are shared with, unless what is known is newer."""
        for share in shares:
            await self._session.execute(_SHARE, asdict(share))

    async def end_shares(
        self, incidents: Sequence[UUID], kept: Sequence[Sharing], started: datetime
    ) -> None:
        """End what these incidents' service no longer shares, unless it changed since."""
        await self._session.execute(
            text("""
                UPDATE search.share SET until = NULL
                 WHERE incident_id = ANY(:incidents) AND changed_at < :started AND until IS NOT NULL
                   AND (incident_id, organization_id) NOT IN (
                       SELECT * FROM unnest(CAST(:kept AS uuid[]), CAST(:organizations AS uuid[])))
            """),
            {
                "incidents": list(incidents),
                "kept": [share.incident_id for share in kept],
                "organizations": [share.organization_id for share in kept],
                "started": started,
            },
        )

    async def agreeing(self, documents: Sequence[Document]) -> int:
        """How many of these are stored as they are, or newer."""
        rows = rows_of(documents)
        for row in rows:
            row.pop("learn")
        return (
            await self._session.execute(_AGREE, {"rows": json.dumps(rows, default=str)})
        ).scalar_one()

    async def see(self, documents: Sequence[Document]) -> None:
        """Note that the services still have these."""
        await self._session.execute(
            text(
                "INSERT INTO search.seen SELECT * FROM unnest(CAST(:kinds AS text[]),"
                " CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING"
            ),
            {"kinds": [one.kind for one in documents], "ids": [one.id for one in documents]},
        )

    async def sweep(self, kinds: Sequence[str], started: datetime, now: datetime) -> int:
        """Remove what was not seen since and has not changed either; answers how many."""
        rows = await self._session.execute(
            text("""
                UPDATE search.document d
                   SET deleted = true, title = '', text = '', title_words = '', words = '',
                       digest = 0, revision = nextval('search.revision'), changed_at = :now
                 WHERE d.kind = ANY(:kinds) AND NOT d.deleted AND d.changed_at < :started
                   AND NOT EXISTS (SELECT FROM search.seen s WHERE s.kind = d.kind AND s.id = d.id)
                RETURNING d.kind, d.id
            """),
            {"kinds": list(kinds), "started": started, "now": now},
        )
        gone = [Changed(row.kind, row.id, deleted=True) for row in rows]
        await self._leave("index", gone)
        return len(gone)


def rows_of(facts: Iterable[Document | Removal]) -> list[dict[str, Any]]:
    """Facts as rows, the newest of each record only; `learn` holds the words to know."""
    newest: dict[tuple[str, UUID], Document | Removal] = {}
    for fact in facts:
        known = newest.get((fact.kind, fact.id))
        if known is None or known.version <= fact.version:
            newest[fact.kind, fact.id] = fact
    return [_removed(one) if isinstance(one, Removal) else row_of(one) for one in newest.values()]


def row_of(document: Document) -> dict[str, Any]:
    """A document as a row."""
    title, body = _clean(document.title), _clean(document.text)
    content: dict[str, Any] = {
        "kind": document.kind,
        "id": str(document.id),
        "organization_id": str(document.organization_id),
        "incident_id": str(document.incident_id) if document.incident_id else None,
        "exercise": document.exercise,
        "listed_by": document.listed_by,
        "requires": document.requires or document.listed_by,
        "title": title,
        "text": body,
        "status": document.status,
        "type": document.type,
        "occurred_at": document.occurred_at.isoformat(),
        "location": _point(document.location),
        "extent": _box(document.bbox),
        "url": document.url,
        "subject": document.subject,
    }
    title_words, body_words = word_lists(title, body)
    return content | {
        "title_words": " ".join(title_words),
        "words": vector(title_words, body_words),
        "learn": {word for word in (*title_words, *body_words) if learnable(word)},
        "version": document.version,
        "digest": digest(content),
        "bucket": bucket(document.id),
        "deleted": False,
    }


def _removed(removal: Removal) -> dict[str, Any]:
    return {
        "kind": removal.kind,
        "id": str(removal.id),
        "organization_id": str(UUID(int=0)),
        "exercise": False,
        "listed_by": "",
        "requires": "",
        "title": "",
        "text": "",
        "title_words": "",
        "words": "",
        "occurred_at": "1970-01-01T00:00:00+00:00",
        "url": "",
        "subject": "",
        "learn": set[str](),
        "version": removal.version,
        "digest": 0,
        "bucket": bucket(removal.id),
        "deleted": True,
    }


def _clean(value: str) -> str:
    """PostgreSQL has no NUL in text."""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _point(location: tuple[float, float] | None) -> str | None:
    return f"({location[0]!r},{location[1]!r})" if location else None


def _box(bbox: tuple[float, float, float, float] | None) -> str | None:
    if bbox is None:
        return None
    west, south, east, north = bbox
    return f"(({east!r},{north!r}),({west!r},{south!r}))"
