import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type {
  AddPartnerHook, AlertTemplate, ChangeAlertTemplate, ChangePartnerHook, ImportBoundaries, PartnerHook, WriteAlertTemplate,
} from "@/api/types";

export const templatesQuery = queryOptions({
  queryKey: ["alerts", "templates"],
  queryFn: () => answer(api.GET("/api/v1/alert-templates", { params: { query: { limit: 200 } } })),
});

export const addTemplate = (body: WriteAlertTemplate): Promise<AlertTemplate> => answer(api.POST("/api/v1/alert-templates", { body }));

/** Throws a 412 `Problem` when someone else saved a newer version. */
export const changeTemplate = ({ id, version }: AlertTemplate, body: ChangeAlertTemplate): Promise<AlertTemplate> =>
  answer(api.PATCH("/api/v1/alert-templates/{template_id}", { params: { path: { template_id: id } }, headers: ifMatch(version), body }));

export const removeTemplate = (id: string): Promise<unknown> =>
  answer(api.DELETE("/api/v1/alert-templates/{template_id}", { params: { path: { template_id: id } } }));

export const boundaryPagesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["alerts", "boundaries", "pages", q],
    queryFn: ({ pageParam }) =>
      answer(api.GET("/api/v1/alert-boundaries", { params: { query: { limit: 100, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const importBoundaries = (body: ImportBoundaries) => answer(api.POST("/api/v1/alert-boundaries", { body }));

export const hooksQuery = queryOptions({
  queryKey: ["alerts", "hooks"],
  queryFn: () => answer(api.GET("/api/v1/partner-hooks", { params: { query: { limit: 100 } } })),
});

export const hookLogQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["alerts", "hooks", id, "deliveries"],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/partner-hooks/{hook_id}/deliveries", {
          params: { path: { hook_id: id }, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const addHook = (body: AddPartnerHook) => answer(api.POST("/api/v1/partner-hooks", { body }));

export const changeHook = ({ id, version }: PartnerHook, body: ChangePartnerHook): Promise<PartnerHook> =>
  answer(api.PATCH("/api/v1/partner-hooks/{hook_id}", { params: { path: { hook_id: id } }, headers: ifMatch(version), body }));

export const renewHookSecret = (id: string) =>
  answer(api.POST("/api/v1/partner-hooks/{hook_id}/secret", { params: { path: { hook_id: id } } }));

export const sendAgain = (delivery: string) =>
  answer(api.POST("/api/v1/partner-hooks/deliveries/{delivery_id}/resend", { params: { path: { delivery_id: delivery } } }));
