"""Asking Elasticsearch: what is wanted as a request, and the answer as what was found."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from muster.search.v1.documents import EVERYBODY
from search.domain.query import Term
from search.engines.elasticsearch import Elasticsearch, translated
from search.engines.mapping import Json
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
    EngineDownError,
    Filters,
    Found,
    Hit,
    Key,
    Scope,
    Tallies,
    Wanted,
    micros,
)

_SHOWN = [
    "kind", "id", "organization_id", "incident_id", "exercise", "title", "text", "status", "type",
    "location", "url", "subject",
]  # fmt: skip


class ElasticsearchEngine:
    """Asks the index that the read alias stands for."""

    name = "elasticsearch"

    def __init__(self, elasticsearch: Elasticsearch) -> None:
        self._elasticsearch = elasticsearch

    async def find(self, wanted: Wanted) -> Found:
        """One request."""
        if not wanted.query.terms:
            return Found([], 0 if wanted.count else None, {name: {} for name in FACETS})
        es = self._elasticsearch
        with translated():
            answer = await es.client.options(request_timeout=es.seconds).search(
                index=es.read_alias, **request_of(wanted)
            )
        body = cast("Json", answer.body)
        if body["timed_out"] or body["_shards"]["failed"]:
            raise EngineDownError("not every shard answered in time")
        hits = [_hit(one) for one in body["hits"]["hits"]]
        if not wanted.count:
            return Found(hits)
        facets = {
            name: {
                str(b["key"]): int(b["doc_count"])
                for b in body["aggregations"][name]["values"]["buckets"]
            }
            for name in FACETS
        }
        return Found(hits, min(int(body["hits"]["total"]["value"]), MOST_COUNTED), facets)

    async def tallies(self) -> Tallies:
        """What the index that answers holds."""
        return await self._elasticsearch.tallies()


def request_of(wanted: Wanted) -> Json:
    """The body of a search, ready for the client."""
    query = wanted.query
    tolerant = wanted.tolerant
    match = [_term(term, "words", tolerant=tolerant) for term in query.terms]
    base = [*match, *_visible(wanted.scope), *_narrow(wanted.filters)]
    chosen = {
        name: {"terms": {name: list(wanted.filters.facets[name])}}
        for name in FACETS
        if wanted.filters.facets.get(name)
    }
    scored: list[Json] = []
    if wanted.order == "relevance":
        title = [_term(term, "title_words", tolerant=tolerant) for term in query.terms]
        typed = [_term(term, "words", tolerant=False, exact=True) for term in query.terms]
        scored = [
            _worth({"term": {"title_key": query.phrase[:512]}}, WHOLE_TITLE),
            _worth({"bool": {"filter": title}}, IN_TITLE),
            _worth({"bool": {"filter": typed}}, AS_TYPED),
            _worth({"bool": {"must_not": [{"term": {"kind": JOURNAL}}]}}, RECORD),
        ]
    # Without a score every document is as good as another, and the newest come first.
    sort: list[Json] = [{"at": "desc"}, {"key": "asc"}]
    request: Json = {
        "query": {"bool": {"filter": base, "should": scored}},
        "sort": [{"_score": "desc"}, *sort] if scored else sort,
        "size": wanted.limit,
        "source": _SHOWN,
        "track_total_hits": MOST_COUNTED if wanted.count else False,
    }
    if chosen:
        request["post_filter"] = {"bool": {"filter": list(chosen.values())}}
    if wanted.after is not None:
        place = [wanted.after.at, wanted.after.key]
        request["search_after"] = [wanted.after.score, *place] if scored else place
    if wanted.count:
        request["aggs"] = {
            name: {
                "filter": {
                    "bool": {"filter": [its for other, its in chosen.items() if other != name]}
                },
                "aggs": {
                    "values": {
                        "terms": {
                            "field": name,
                            "size": FACET_VALUES,
                            "order": [{"_count": "desc"}, {"_key": "asc"}],
                        }
                    }
                },
            }
            for name in FACETS
        }
    return request


def _worth(query: Json, score: int) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}


def _term(term: Term, field: str, *, tolerant: bool, exact: bool = False) -> Json:
    word = term.word
    if word is None:
        return {"match_phrase": {field: " ".join(term.words)}}
    choices: list[Json] = [{"term": {field: word}}]
    if term.prefix and not exact:
        choices.append({"prefix": {field: word}})
    if tolerant and term.edits:
        choices.append(
            {"fuzzy": {field: {"value": word, "fuzziness": term.edits, "max_expansions": 50}}}
        )
    return (
        choices[0]
        if len(choices) == 1
        else {"bool": {"should": choices, "minimum_should_match": 1}}
    )


def _visible(scope: Scope) -> list[Json]:
    """Own, everybody's, or of an incident that is shared with us now; and with both permissions."""
    held = sorted(scope.permissions)
    own: Json = {"terms": {"organization_id": [str(scope.organization_id), str(EVERYBODY)]}}
    seen = own
    if scope.shared:
        shared: Json = {"terms": {"incident_id": [str(one) for one in scope.shared]}}
        seen = {"bool": {"should": [own, shared], "minimum_should_match": 1}}
    return [{"terms": {"listed_by": held}}, {"terms": {"requires": held}}, seen]


def _narrow(filters: Filters) -> list[Json]:
    found: list[Json] = []
    period: Json = {}
    if filters.since is not None:
        period["gte"] = micros(filters.since)
    if filters.until is not None:
        period["lt"] = micros(filters.until)
    if period:
        found.append({"range": {"at": period}})
    if filters.exercise is not None:
        world = [{"term": {"exercise": filters.exercise}}, {"terms": {"kind": IN_BOTH_WORLDS}}]
        found.append({"bool": {"should": world, "minimum_should_match": 1}})
    if filters.boxes:
        boxes = [
            {
                "bool": {
                    "filter": [
                        {"range": {"west": {"lte": box.east}}},
                        {"range": {"east": {"gte": box.west}}},
                        {"range": {"south": {"lte": box.north}}},
                        {"range": {"north": {"gte": box.south}}},
                    ]
                }
            }
            for box in filters.boxes
        ]
        found.append({"bool": {"should": boxes, "minimum_should_match": 1}})
    if filters.near is not None:
        near = filters.near
        place = {"lon": near.longitude, "lat": near.latitude}
        found.append({"geo_distance": {"distance": f"{near.km}km", "location": place}})
    if filters.only is not None:
        found.append({"terms": {"key": [f"{kind}/{one}" for kind, one in filters.only]}})
    return found


def _hit(found: Json) -> Hit:
    source: Json = found["_source"]
    score = int(found["_score"] or 0) if len(found["sort"]) == 3 else 0
    at, key = found["sort"][-2:]
    location = source.get("location")
    incident = source.get("incident_id")
    return Hit(
        place=Key(score, int(at), str(key)),
        kind=source["kind"],
        id=UUID(source["id"]),
        organization_id=UUID(source["organization_id"]),
        incident_id=UUID(incident) if incident else None,
        exercise=source["exercise"],
        title=source["title"],
        text=source["text"],
        status=source.get("status"),
        type=source.get("type"),
        location=(location["lon"], location["lat"]) if location else None,
        url=source["url"],
        subject=source["subject"],
    )
