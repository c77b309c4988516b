import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { ContactPoint, GiveContactPoint } from "@/api/types";

export const contactPointsQuery = queryOptions({
  queryKey: ["me", "contact-points"],
  queryFn: () => answer(api.GET("/api/v1/notifications/me/contact-points")),
});

/** A code is sent there, which confirms it. */
export const giveContactPoint = (body: GiveContactPoint): Promise<ContactPoint> => answer(api.POST("/api/v1/notifications/me/contact-points", { body }));

/** Confirms whichever contact point was sent this code. */
export const confirmContactPoint = (code: string): Promise<unknown> => answer(api.POST("/api/v1/notifications/me/contact-points/confirm", { body: { code } }));

export const removeContactPoint = (id: string): Promise<unknown> =>
  answer(api.DELETE("/api/v1/notifications/me/contact-points/{contact_point_id}", { params: { path: { contact_point_id: id } } }));
