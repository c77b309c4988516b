"""The search port on PostgreSQL: always there, answers alone or while Elasticsearch cannot."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from muster.search.v1.documents import EVERYBODY
from muster_core.database import Reader
from search.domain.distance import within
from search.domain.query import Query, Term
from search.engines.port import (
    AS_TYPED,
    FACET_VALUES,
    FACETS,
    IN_BOTH_WORLDS,
    IN_TITLE,
    JOURNAL,
    MOST_COUNTED,
    RECORD,
    WHOLE_TITLE,
    Filters,
    Found,
    Hit,
    Key,
    Near,
    Scope,
    Tallies,
    Tally,
    Wanted,
)

_CANDIDATES = 200
_MEANT = 50
_MEAN_RADIUS_KM = 6371.0088
_AT = "(extract(epoch FROM {}.occurred_at) * 1000000)::bigint"
# As `kind/id` is ordered, since kinds are words of letters: putting that text together for each match takes long.
_ORDER = '{0}.score DESC, {0}.occurred_at DESC, {0}.kind COLLATE "C", {0}.id'


class _Statement:
    """An SQL text under construction, with its values."""

    def __init__(self) -> None:
        self.values: list[object] = []
        self.where: list[str] = []

    def value(self, value: object, kind: str) -> str:
        """A parameter of the type that is wanted: a cast of text to tsquery would be made anew for each row."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"


class PostgresEngine:
    """Full text by our own words, typing errors by trigrams of the words that documents have."""

    name = "postgresql"

    def __init__(self, reads: Reader) -> None:
        self._reads = reads

    async def find(self, wanted: Wanted) -> Found:
        """One statement: what matches is found once, then counted and paged."""
        if not wanted.query.terms:
            return Found([], 0 if wanted.count else None, {name: {} for name in FACETS})
        meant = await self._meant(wanted.query) if wanted.tolerant else {}
        statement = _Statement()
        rows = await self._reads.fetch(_sql(statement, wanted, meant), *statement.values)
        hits = [_hit(row) for row in rows if row["kind"] is not None]
        if not wanted.count:
            return Found(hits)
        summary: dict[str, Any] = json.loads(rows[0]["summary"]) if rows else {}
        facets: dict[str, dict[str, int]] = {name: summary.get(name) or {} for name in FACETS}
        return Found(hits, min(summary.get("total", 0), MOST_COUNTED), facets)

    async def _meant(self, query: Query) -> dict[str, list[str]]:
        """For each word in which errors are forgiven, the words that documents have and that it may have meant."""
        found: dict[str, list[str]] = {}
        for term in query.terms:
            if term.edits:
                word = term.words[0]
                rows = await self._reads.fetch(
                    "SELECT * FROM search.similar_words($1, $2) AS word", word, _CANDIDATES
                )
                near = [row["word"] for row in rows if within(word, row["word"], term.edits)]
                found[word] = near[:_MEANT]
        return found

    async def tallies(self) -> Tallies:
        """What is stored, removed records left out."""
        rows = await self._reads.fetch(
            "SELECT kind, bucket, count(*) AS count, sum(digest)::bigint AS digest"
            " FROM search.document WHERE NOT deleted GROUP BY kind, bucket"
        )
        return {(row["kind"], row["bucket"]): Tally(row["count"], row["digest"]) for row in rows}


def _sql(statement: _Statement, wanted: Wanted, meant: dict[str, list[str]]) -> str:
    query = wanted.query
    match = statement.value(_tsquery(query, meant), "tsquery")
    statement.where += ["NOT d.deleted", f"d.words @@ {match}"]
    _visible(statement, wanted.scope)
    _narrow(statement, wanted.filters)
    score = _score(statement, query, meant) if wanted.order == "relevance" else "0"
    chosen = _chosen(statement, wanted.filters)
    base = f"""
        SELECT d.kind, d.id, {score} AS score, d.occurred_at, d.status, d.type, d.organization_id
               {"".join(f", {sql} AS is_{name}" for name, sql in chosen.items())}
          FROM search.document d WHERE {" AND ".join(statement.where)}"""
    conditions = [f"h.is_{name}" for name in chosen]
    if wanted.after is not None:
        place = wanted.after
        conditions.append(
            f"(-h.score, -{_AT.format('h')}, (h.kind || '/' || h.id) COLLATE \"C\") >"
            f" ({statement.value(-place.score, 'int')}, {statement.value(-place.at, 'bigint')},"
            f" {statement.value(place.key, 'text')})"
        )
    # What matches is gone through once, whether its page or its counts are asked.
    page = f"""
        SELECT h.kind, h.id, h.score, h.occurred_at FROM matching h {_where(conditions)}
         ORDER BY {_ORDER.format("h")} LIMIT {int(wanted.limit)}"""
    summary = _summary(chosen) if wanted.count else "SELECT NULL::text AS summary"
    shown = ", ".join(f"d.{name}" for name in _SHOWN)
    return f"""
        WITH matching AS MATERIALIZED ({base}), page AS ({page}), summary AS ({summary})
        SELECT p.kind, p.id, p.score, {_AT.format("p")} AS at, {shown}, d.location[0] AS longitude,
               d.location[1] AS latitude, s.summary
          FROM summary s LEFT JOIN page p ON true
          LEFT JOIN search.document d ON d.kind = p.kind AND d.id = p.id
         ORDER BY {_ORDER.format("p")}"""


def _where(conditions: Iterable[str]) -> str:
    joined = " AND ".join(conditions)
    return f"WHERE {joined}" if joined else ""


def _score(statement: _Statement, query: Query, meant: dict[str, list[str]]) -> str:
    in_title = statement.value(_tsquery(query, meant, weight="A"), "tsquery")
    typed = statement.value(_tsquery(query, {}, exact=True), "tsquery")
    whole = statement.value(query.phrase, "text")
    return (
        f"(d.title_words = {whole})::int * {WHOLE_TITLE}"
        f" + (d.words @@ {in_title})::int * {IN_TITLE}"
        f" + (d.words @@ {typed})::int * {AS_TYPED}"
        f" + (d.kind <> '{JOURNAL}')::int * {RECORD}"
    )


_SHOWN = (
    "organization_id",
    "incident_id",
    "exercise",
    "title",
    "text",
    "status",
    "type",
    "url",
    "subject",
)


def _summary(chosen: Iterable[str]) -> str:
    """Counts by facet, each within what the other facets leave; from the few combinations that there are."""
    names = [f"h.{name}" for name in FACETS] + [f"h.is_{name}" for name in chosen]
    parts = [
        f"""'{name}', (SELECT json_object_agg(v, n) FROM (
                SELECT c.{name}::text AS v, sum(c.n)::bigint AS n FROM combined c
                {_where([f"c.{name} IS NOT NULL", *(f"c.is_{other}" for other in chosen if other != name)])}
                 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {FACET_VALUES}) f)"""
        for name in FACETS
    ]
    total = (
        f"SELECT coalesce(sum(c.n), 0) FROM combined c {_where(f'c.is_{name}' for name in chosen)}"
    )
    return f"""
        WITH combined AS MATERIALIZED (
            SELECT {", ".join(names)}, count(*) AS n FROM matching h GROUP BY {", ".join(names)})
        SELECT json_build_object('total', ({total}), {", ".join(parts)})::text AS summary"""


def _visible(statement: _Statement, scope: Scope) -> None:
    """Own, everybody's, or of an incident that is shared with us now; and with both permissions."""
    held = statement.value(sorted(scope.permissions), "text[]")
    own = statement.value([scope.organization_id, EVERYBODY], "uuid[]")
    shared = statement.value(list(scope.shared), "uuid[]")
    statement.where += [
        f"d.listed_by = ANY({held}) AND d.requires = ANY({held})",
        f"(d.organization_id = ANY({own}) OR d.incident_id = ANY({shared}))",
    ]


def _narrow(statement: _Statement, filters: Filters) -> None:
    where = statement.where
    if filters.since is not None:
        where.append(f"d.occurred_at >= {statement.value(filters.since, 'timestamptz')}")
    if filters.until is not None:
        where.append(f"d.occurred_at < {statement.value(filters.until, 'timestamptz')}")
    if filters.exercise is not None:
        world = statement.value(filters.exercise, "boolean")
        both = statement.value(list(IN_BOTH_WORLDS), "text[]")
        where.append(f"(d.exercise = {world} OR d.kind = ANY({both}))")
    if filters.boxes:
        parts = [
            f"d.extent && box(point({b.west!r},{b.south!r}), point({b.east!r},{b.north!r}))"
            for b in filters.boxes
        ]
        where.append(f"({' OR '.join(parts)})")
    if filters.near is not None:
        where.append(_near(filters.near))
    if filters.only is not None:
        kinds = statement.value([kind for kind, _ in filters.only], "text[]")
        ids = statement.value([one for _, one in filters.only], "uuid[]")
        where.append(f"(d.kind, d.id) IN (SELECT * FROM unnest({kinds}, {ids}))")


def _near(near: Near) -> str:
    """On the sphere, by the chord; its radius is earthdistance's, the angle is ours."""
    angle = min(near.km / _MEAN_RADIUS_KM, math.pi)
    place = f"ll_to_earth({near.latitude!r}, {near.longitude!r})"
    return (
        "d.location IS NOT NULL AND cube_distance(ll_to_earth(d.location[1], d.location[0]),"
        f" {place}) <= 2 * earth() * {math.sin(angle / 2)!r}"
    )


def _chosen(statement: _Statement, filters: Filters) -> dict[str, str]:
    return {
        name: f"coalesce(d.{name}::text = ANY({statement.value(list(filters.facets[name]), 'text[]')}), false)"
        for name in FACETS
        if filters.facets.get(name)
    }


def _tsquery(
    query: Query, meant: dict[str, list[str]], *, weight: str = "", exact: bool = False
) -> str:
    """Words hold letters and digits only, so nothing needs escaping."""
    return " & ".join(_term(term, meant, weight, exact=exact) for term in query.terms)


def _term(term: Term, meant: dict[str, list[str]], weight: str, *, exact: bool) -> str:
    mark = f":{weight}" if weight else ""
    word = term.word
    if word is None:
        return "(" + " <-> ".join(f"'{one}'{mark}" for one in term.words) + ")"
    choices = [f"'{one}'{mark}" for one in dict.fromkeys([word, *meant.get(word, [])])]
    if term.prefix and not exact:
        choices.append(f"'{word}':*{weight}")
    return choices[0] if len(choices) == 1 else "(" + " | ".join(choices) + ")"


def _hit(row: Any) -> Hit:
    located = row["longitude"] is not None
    return Hit(
        place=Key(row["score"], row["at"], f"{row['kind']}/{row['id']}"),
        kind=row["kind"],
        id=row["id"],
        organization_id=row["organization_id"],
        incident_id=row["incident_id"],
        exercise=row["exercise"],
        title=row["title"],
        text=row["text"],
        status=row["status"],
        type=row["type"],
        location=(row["longitude"], row["latitude"]) if located else None,
        url=row["url"],
        subject=row["subject"],
    )
