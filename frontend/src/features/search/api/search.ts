import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Found = Schemas["SearchItem"];
export type FoundPage = Schemas["SearchPage"];
export type FacetValue = Schemas["FacetValue"];
export type FacetName = keyof Schemas["Facets"];
export type Suggestion = Schemas["Suggestion"];
export type Piece = Schemas["Piece"];

/** What the API is asked; empty lists and nulls are not sent. */
export interface Question {
  q: string;
  kind: readonly string[];
  status: readonly string[];
  type: readonly string[];
  organization_id: readonly string[];
  since: string | null;
  bbox: string | null;
  near: string | null;
  order: "relevance" | "newest";
  exercise: boolean;
}

const PAGE = 30;
const IN_PALETTE = 8;
/** The endpoint knows both worlds; what belongs to the other one is left out here. */
const SUGGESTED_OF_BOTH = 20;
const SUGGESTED = 7;

const arrays = { array: { style: "form", explode: true } } as const;

const sent = ({ q, kind, status, type, organization_id, since, bbox, near, order, exercise }: Question) => ({
  q,
  exercise,
  order,
  ...(kind.length > 0 ? { kind: [...kind] } : {}),
  ...(status.length > 0 ? { status: [...status] } : {}),
  ...(type.length > 0 ? { type: [...type] } : {}),
  ...(organization_id.length > 0 ? { organization_id: [...organization_id] } : {}),
  ...(since ? { since } : {}),
  ...(bbox ? { bbox } : {}),
  ...(near ? { near } : {}),
});

/** Everything that is found, page by page. The first page counts; those after it do not. */
export const resultsQuery = (question: Question) =>
  infiniteQueryOptions({
    queryKey: ["search", "results", question],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET("/api/v1/search", {
          params: { query: { ...sent(question), limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
          querySerializer: arrays,
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    enabled: question.q !== "",
  });

/** The first few of everything, for the palette; a word that is only begun counts, however short. */
export const quickQuery = (text: string, exercise: boolean) =>
  queryOptions({
    queryKey: ["search", "quick", text, exercise],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/search", { params: { query: { q: begun(text), exercise, limit: IN_PALETTE } }, signal })),
    placeholderData: keepPreviousData,
    enabled: text !== "",
  });

/** The API takes a last word of three letters or more as begun by itself. */
export const begun = (text: string): string => (/(^|\s)[\p{L}\p{N}]{1,2}$/u.test(text) ? `${text}*` : text);

/** Records of this world (and people and organizations, who belong to none) by the beginning of their titles. */
export const suggestionsQuery = (text: string, exercise: boolean) =>
  queryOptions({
    queryKey: ["search", "suggestions", text, exercise],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/v1/search/suggestions", { params: { query: { q: text, limit: SUGGESTED_OF_BOTH } }, signal })),
    select: ({ items }): Suggestion[] =>
      items.filter((one) => one.kind === "person" || one.kind === "organization" || one.exercise === exercise).slice(0, SUGGESTED),
    placeholderData: keepPreviousData,
    enabled: text !== "",
  });

export const organizationsQuery = queryOptions({
  queryKey: ["organizations"],
  queryFn: () => answer(api.GET("/api/v1/organizations", { params: { query: { limit: 500 } } })),
  staleTime: 5 * 60_000,
});
