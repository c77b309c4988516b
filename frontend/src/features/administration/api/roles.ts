import { queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { Role } from "@/api/types";

/** An organization has a dozen starting roles and composes a few. */
const ALL = 500;

export const rolesQuery = queryOptions({
  queryKey: ["roles", "list"],
  queryFn: () => answer(api.GET("/api/v1/roles", { params: { query: { limit: ALL } } })),
});

export const permissionsQuery = queryOptions({
  queryKey: ["permissions"],
  queryFn: () => answer(api.GET("/api/v1/permissions")),
  staleTime: Infinity,
});

export interface RoleFacts {
  name: string;
  description: string;
  permissions: string[];
}

export const addRole = (body: RoleFacts): Promise<Role> => answer(api.POST("/api/v1/roles", { body }));

/** Throws a 412 `Problem` when somebody else saved a newer version. */
export const changeRole = (role: Role, body: Partial<RoleFacts>): Promise<Role> =>
  answer(api.PATCH("/api/v1/roles/{role_id}", { params: { path: { role_id: role.id } }, headers: ifMatch(role.version), body }));

export const removeRole = (id: string): Promise<undefined> => answer(api.DELETE("/api/v1/roles/{role_id}", { params: { path: { role_id: id } } }));
