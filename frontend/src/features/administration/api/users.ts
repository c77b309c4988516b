import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { answer, api, ifMatch } from "@/api/client";
import type { AddUser, TemporaryPassword, User, UserWithPassword } from "@/api/types";

export interface UserFilter {
  q: string | null;
  disabled: boolean | null;
}

export const usersQuery = ({ q, disabled }: UserFilter) =>
  infiniteQueryOptions({
    queryKey: ["users", "pages", q, disabled],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET("/api/v1/users", {
          params: { query: { limit: 100, ...(q ? { q } : {}), ...(disabled === null ? {} : { disabled }), ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", "detail", id],
    queryFn: () => answer(api.GET("/api/v1/users/{user_id}", { params: { path: { user_id: id } } })),
  });

export const addUser = (body: AddUser): Promise<UserWithPassword> => answer(api.POST("/api/v1/users", { body }));

/** Throws a 412 `Problem` when somebody else saved a newer version. */
export const changeUser = (user: User, body: { username?: string; name?: string; email?: string | null }): Promise<User> =>
  answer(api.PATCH("/api/v1/users/{user_id}", { params: { path: { user_id: user.id } }, headers: ifMatch(user.version), body }));

export const setUserRoles = (id: string, roleIds: string[]): Promise<User> =>
  answer(api.PUT("/api/v1/users/{user_id}/roles", { params: { path: { user_id: id } }, body: { role_ids: roleIds } }));

export const setUserDisabled = (id: string, disabled: boolean): Promise<User> => {
  const params = { path: { user_id: id } };
  return disabled ? answer(api.POST("/api/v1/users/{user_id}/disable", { params })) : answer(api.POST("/api/v1/users/{user_id}/enable", { params }));
};

export const resetPassword = (id: string, totp: boolean): Promise<TemporaryPassword> =>
  answer(api.POST("/api/v1/users/{user_id}/reset-password", { params: { path: { user_id: id } }, body: { totp } }));

export const signOutUser = (id: string): Promise<undefined> => answer(api.POST("/api/v1/users/{user_id}/sign-out", { params: { path: { user_id: id } } }));
