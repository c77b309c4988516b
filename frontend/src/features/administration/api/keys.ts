import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { IssuedApiKey } from "@/api/types";

export const apiKeysQuery = infiniteQueryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ pageParam }) => answer(api.GET("/api/v1/api-keys", { params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next,
});

export const issueApiKey = (body: { name: string; scopes: string[]; expires_at: string }): Promise<IssuedApiKey> =>
  answer(api.POST("/api/v1/api-keys", { body }));

export const revokeApiKey = (id: string): Promise<undefined> => answer(api.DELETE("/api/v1/api-keys/{api_key_id}", { params: { path: { api_key_id: id } } }));

export const signingKeysQuery = queryOptions({
  queryKey: ["signing-keys"],
  queryFn: () => answer(api.GET("/api/v1/signing-keys", { params: { query: { limit: 50 } } })),
});

export const rotateSigningKeys = (): Promise<{ kid: string }> => answer(api.POST("/api/v1/signing-keys/rotate"));
