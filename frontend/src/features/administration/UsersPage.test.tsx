import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Role, User } from "@/api/types";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import UsersPage from "./UsersPage";

const PERMISSIONS = ["people:read", "users:read", "users:manage", "roles:manage", "incidents:read"];
const administrator = (permissions = PERMISSIONS): ReturnType<typeof commander> => commander({ id: "person-lee", name: "Lee Nakamura", permissions });

const role = (name: string, permissions: string[]): Role => ({
  id: `role-${name}`, key: name.toLowerCase(), name, description: `What a ${name} does.`, permissions, built_in: true, holders: 1, version: 1,
});

const maya: User = {
  id: "person-maya", username: "maya.torres", name: "Maya Torres", email: null, organization_id: "kern",
  roles: [{ id: "role-Responder", key: "responder", name: "Responder" }], disabled: false, totp_enabled: true, must_change_password: false,
  last_signed_in_at: null, created_at: "2019-07-01T00:00:00Z", version: 2,
};

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": administrator(),
  "GET /api/v1/users": page([maya]),
  "GET /api/v1/users/:id": maya,
  "GET /api/v1/roles": page([role("Responder", ["incidents:read"]), role("Commander", ["incidents:read", "incidents:declare"])]),
  ...changes,
});

// A desk: what is opened from the list stands beside it.
beforeEach(() => {
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query.includes("min-width"),
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});

const show = (): ReturnType<typeof renderPage> => renderPage(<UsersPage />, { path: "/administration/users" });

test("an added user gets a temporary password that is shown once", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/users": { ...maya, id: "person-jo", name: "Jo Lindqvist", temporary_password: "k4wnd-7tqxe-mz9hf" } }));
  const { user } = show();

  await user.click(await screen.findByRole("button", { name: "Add a user" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Name"), "Jo Lindqvist");
  expect(within(dialog).getByLabelText("User name")).toHaveValue("jo.lindqvist");
  await user.click(await within(dialog).findByRole("checkbox", { name: /Responder/ }));
  await user.click(within(dialog).getByRole("button", { name: "Add a user" }));

  expect(await screen.findByText("k4wnd-7tqxe-mz9hf")).toBeInTheDocument();
  expect(sent.find((s) => s.method === "POST" && s.path === "/api/v1/users")?.body).toEqual({ name: "Jo Lindqvist", username: "jo.lindqvist", role_ids: ["role-Responder"] });
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByText("k4wnd-7tqxe-mz9hf")).not.toBeInTheDocument();
}, 20_000);

test("a role with rights that one does not hold cannot be given", async () => {
  fakeApi(routes());
  const { user } = show();

  await user.click(await screen.findByRole("link", { name: /Maya Torres/ }));

  const beyond = await screen.findByRole("checkbox", { name: /Commander/ });
  expect(beyond).toBeDisabled();
  expect(screen.getByText(/rights that you do not hold yourself: incidents:declare/)).toBeInTheDocument();
});

test("disabling an account can be undone at once", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/users/:id/disable": { ...maya, disabled: true }, "POST /api/v1/users/:id/enable": maya }));
  const { user } = show();

  await user.click(await screen.findByRole("link", { name: /Maya Torres/ }));
  await user.click(await screen.findByRole("button", { name: "Disable" }));
  (await screen.findByRole("button", { name: "Undo" })).focus();
  await user.keyboard("{Enter}");

  await waitFor(() => expect(sent.some((s) => s.path.endsWith("/enable"))).toBe(true));
});

test("a change made meanwhile by somebody else is shown, and saving again adds to it", async () => {
  const { sent, routes: known } = fakeApi(routes({ "PATCH /api/v1/users/:id": problem(412, "precondition-failed", "Somebody changed it") }));
  const { user } = show();
  await user.click(await screen.findByRole("link", { name: /Maya Torres/ }));

  await user.type(await screen.findByLabelText("E-mail"), "maya@kern.example");
  known["GET /api/v1/users/:id"] = { ...maya, name: "Maya T. Torres", version: 3 };
  await user.click(screen.getByRole("button", { name: "Save account" }));

  expect(await screen.findByText(/Somebody changed this meanwhile/)).toBeInTheDocument();
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveValue("Maya T. Torres"));
  known["PATCH /api/v1/users/:id"] = { ...maya, email: "maya@kern.example", version: 4 };
  await user.click(screen.getByRole("button", { name: "Save account" }));
  await waitFor(() => expect(sent.findLast((s) => s.method === "PATCH")?.headers.get("If-Match")).toBe('"3"'));
  expect(sent.findLast((s) => s.method === "PATCH")?.body).toEqual({ email: "maya@kern.example" });
}, 20_000);

test("what is typed into the search is asked of the server", async () => {
  const { sent } = fakeApi(routes());
  const { user } = show();

  await user.type(await screen.findByRole("searchbox"), "maya");

  await waitFor(() => expect(sent.findLast((s) => s.path === "/api/v1/users")?.query.get("q")).toBe("maya"), { timeout: 4000 });
});

test("without the permission the page names it", async () => {
  fakeApi(routes({ "GET /api/v1/me": commander() }));
  show();

  expect(await screen.findByText(/needs the permission users:read/)).toBeInTheDocument();
});

test("whoever may only look sees the account and no way to change it", async () => {
  fakeApi(routes({ "GET /api/v1/me": administrator(["users:read", "people:read"]) }));
  const { user } = show();

  await user.click(await screen.findByRole("link", { name: /Maya Torres/ }));

  expect(await screen.findByText(/needs the permission users:manage/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Disable" })).not.toBeInTheDocument();
});
