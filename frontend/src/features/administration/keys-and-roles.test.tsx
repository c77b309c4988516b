import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ApiKey, Role } from "@/api/types";
import { fakeApi, page, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import ApiKeysPage from "./ApiKeysPage";
import { readArea } from "./AreaField";
import RolesPage from "./RolesPage";

const catalogue = page([
  { name: "incidents:read", service: "incident-management", description: "See incidents." },
  { name: "incidents:declare", service: "incident-management", description: "Declare an incident." },
  { name: "users:manage", service: "identity", description: "Create, change, disable and reset accounts." },
]);

const key: ApiKey = {
  id: "key-1", name: "Wall display", prefix: "k3fj9x2a", scopes: ["incidents:read"], created_by: { id: "person-lee", name: "Lee Nakamura" },
  expires_at: "2999-01-01T00:00:00Z", created_at: "2019-07-01T00:00:00Z", last_used_at: null, revoked_at: null,
};

const dutyOfficer: Role = {
  id: "role-duty", key: "night-duty-officer", name: "Night duty officer", description: "Watches from 18:00.", permissions: ["incidents:read"], built_in: false, holders: 0, version: 4,
};

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander({ permissions: ["users:read", "roles:manage", "api-keys:manage", "incidents:read", "incidents:declare"] }),
  "GET /api/v1/permissions": catalogue,
  "GET /api/v1/api-keys": page([key]),
  "GET /api/v1/roles": page([dutyOfficer]),
  ...changes,
});

test("an issued key shows its secret once, with the scopes and the end that were chosen", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/api-keys": { ...key, name: "CAD bridge", secret: "muster_abc_secret" } }));
  const { user } = renderPage(<ApiKeysPage />, { path: "/administration/api-keys" });

  await user.click(await screen.findByRole("button", { name: "Issue a key" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Issue a key" }));
  expect(dialog).toHaveTextContent("Choose at least one.");
  await user.type(within(dialog).getByLabelText("What it is for"), "CAD bridge");
  await user.click(await within(dialog).findByRole("checkbox", { name: /Declare an incident/ }));
  await user.click(within(dialog).getByRole("button", { name: "Issue a key" }));

  expect(await screen.findByText("muster_abc_secret")).toBeInTheDocument();
  expect(sent.find((s) => s.method === "POST" && s.path === "/api/v1/api-keys")?.body).toMatchObject({ name: "CAD bridge", scopes: ["incidents:declare"] });
}, 20_000);

test("revoking a key says plainly that it cannot be taken back", async () => {
  const { sent } = fakeApi(routes({ "DELETE /api/v1/api-keys/:id": undefined }));
  const { user } = renderPage(<ApiKeysPage />, { path: "/administration/api-keys" });

  await user.click(await screen.findByRole("button", { name: "Revoke: Wall display" }));
  expect(await screen.findByText(/cannot be taken back/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Revoke this key" }));

  await waitFor(() => expect(sent.some((s) => s.method === "DELETE" && s.path === "/api/v1/api-keys/key-1")).toBe(true));
});

test("a role is composed from permissions in words; one that is not held cannot be added", async () => {
  const { sent } = fakeApi(routes({ "PATCH /api/v1/roles/:id": { ...dutyOfficer, version: 5 } }));
  const { user } = renderPage(<RolesPage />, { path: "/administration/roles" });

  await user.click(await screen.findByRole("link", { name: /Night duty officer/ }));
  expect(await screen.findByRole("checkbox", { name: /Create, change, disable/ })).toBeDisabled();
  await user.click(screen.getByRole("checkbox", { name: /Declare an incident/ }));
  await user.click(screen.getByRole("button", { name: "Save role" }));

  await waitFor(() => expect(sent.find((s) => s.method === "PATCH")?.body).toEqual({ permissions: ["incidents:read", "incidents:declare"] }));
  expect(sent.find((s) => s.method === "PATCH")?.headers.get("If-Match")).toBe('"4"');
}, 20_000);

test("an area is read from a geometry, a feature, or a collection, and from nothing else", () => {
  const polygon = { type: "Polygon", coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] };

  expect(readArea(JSON.stringify(polygon))).toEqual(polygon);
  expect(readArea(JSON.stringify({ type: "Feature", properties: {}, geometry: polygon }))).toEqual(polygon);
  expect(readArea(JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", geometry: polygon }] }))).toEqual(polygon);
  expect(readArea('{"type":"Point","coordinates":[0,0]}')).toBeNull();
  expect(readArea("not json")).toBeNull();
});
