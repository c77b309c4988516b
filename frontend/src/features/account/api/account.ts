import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { Me, TotpEnrolment } from "@/api/types";

export const sessionsQuery = queryOptions({
  queryKey: ["me", "sessions"],
  queryFn: () => answer(api.GET("/api/v1/me/sessions", { params: { query: { limit: 100 } } })),
});

export const renameMe = (name: string): Promise<Me> => answer(api.PATCH("/api/v1/me", { body: { name } }));

export const enrolTotp = (): Promise<TotpEnrolment> => answer(api.POST("/api/v1/me/totp"));
export const confirmTotp = (code: string): Promise<undefined> => answer(api.POST("/api/v1/me/totp/confirm", { body: { code } }));
export const disableTotp = (code: string): Promise<undefined> => answer(api.POST("/api/v1/me/totp/disable", { body: { code } }));

export const endSession = (id: string): Promise<undefined> => answer(api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id: id } } }));
export const signOutEverywhere = (): Promise<undefined> => answer(api.POST("/api/v1/auth/sign-out-everywhere"));
