import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AddOrganization, Area, Organization, OrganizationWithPassword } from "@/api/types";

export const organizationQuery = (id: string) =>
  queryOptions({
    queryKey: ["organizations", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/organizations/{organization_id}", { params: { path: { organization_id: id } } })),
  });

export const organizationsQuery = queryOptions({
  queryKey: ["organizations", "list"],
  queryFn: () => answer(api.GET("/api/v1/organizations", { params: { query: { limit: 500 } } })),
});

export interface OrganizationChanges {
  name?: string;
  time_zone?: string;
  units?: "metric" | "us";
  area?: Area | null;
  exercise?: boolean;
}

/** Throws a 412 `Problem` when somebody else saved a newer version. */
export const changeOrganization = (organization: Organization, body: OrganizationChanges): Promise<Organization> =>
  answer(
    api.PATCH("/api/v1/organizations/{organization_id}", {
      params: { path: { organization_id: organization.id } },
      headers: ifMatch(organization.version),
      body,
    }),
  );

export const addOrganization = (body: AddOrganization): Promise<OrganizationWithPassword> => answer(api.POST("/api/v1/organizations", { body }));
