import { screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { fakeApi, page, type Routes } from "@/testing/fake-api";
import { broadcast, counts, line, sender } from "@/testing/notifications";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import { worldStore } from "@/lib/world";
import BroadcastPage from "./BroadcastPage";
import BroadcastsPage from "./BroadcastsPage";
import { reasonText } from "./words";

const LOG = "GET /api/v1/notifications/broadcasts/:id/deliveries";

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": sender(),
  "GET /api/v1/notifications/broadcasts": page([broadcast()]),
  "GET /api/v1/notifications/broadcasts/:id": broadcast(),
  [LOG]: page([line(), line({ id: "delivery-2", recipient: "point-2", state: "failed", address: null, reason: "provider-error:30003", attempts: 4 })]),
  ...changes,
});

const open = (search = "") => renderPage(<BroadcastPage />, { path: "/notifications/:id", at: `/notifications/broadcast-1${search}` });

test("the log tells what became of it for each recipient, in words", async () => {
  fakeApi(routes());
  open("?tab=recipients");

  const failed = (await screen.findByText("The provider failed (30003)")).closest("tr") ?? expect.fail("no row");
  expect(within(failed).getByText("Failed")).toBeInTheDocument();
  expect(within(failed).getByText("has left")).toBeInTheDocument();
  expect(screen.getByText("+1•••••0123")).toBeInTheDocument();
});

test("state and channel are asked of the server and stand in the address", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open("?tab=recipients");

  await user.selectOptions(await screen.findByLabelText("State"), "In doubt");
  await user.selectOptions(screen.getByLabelText("Channel"), "E-mail");

  await waitFor(() => expect(Object.fromEntries(sent.filter(({ path }) => path.endsWith("/deliveries")).at(-1)?.query ?? [])).toMatchObject({ state: "in_doubt", channel: "email" }));
  expect(Object.fromEntries(new URLSearchParams(location.search))).toEqual({ tab: "recipients", state: "in_doubt", channel: "email" });
});

test("a long log is read page by page", async () => {
  const { sent } = fakeApi(routes({ [LOG]: ({ query }: { query: URLSearchParams }) => (query.get("cursor") ? page([line({ id: "delivery-3", address: "n•••@example.org" })]) : page([line()], "after-1")) }));
  const { user } = open("?tab=recipients");

  await user.click(await screen.findByRole("button", { name: "Load more" }));

  expect(await screen.findByText("n•••@example.org")).toBeInTheDocument();
  expect(sent.at(-1)?.query.get("cursor")).toBe("after-1");
});

test("the whole log is saved as a file, with the account's token", async () => {
  Object.assign(URL, { createObjectURL: () => "blob:log", revokeObjectURL: () => undefined });
  const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const { sent } = fakeApi(routes({ "GET /api/v1/notifications/broadcasts/:id/deliveries.csv": new Response("recipient,channel\n", { headers: { "Content-Type": "text/csv" } }) }));
  const { user } = open("?tab=recipients");

  await user.click(await screen.findByRole("button", { name: "Save as CSV" }));

  await waitFor(() => expect(click).toHaveBeenCalled());
  expect(sent.find(({ path }) => path.endsWith("/deliveries.csv"))?.headers.get("Authorization")).toBe("Bearer a-token");
});

test("recipients are for those who may see them", async () => {
  const { sent } = fakeApi(routes({ "GET /api/v1/me": commander({ permissions: ["notifications:read"] }) }));
  open("?tab=recipients");

  expect(await screen.findByText(/needs the permission notifications:recipients/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Save as CSV" })).not.toBeInTheDocument();
  expect(sent.some(({ path }) => path.endsWith("/deliveries"))).toBe(false);
});

test("an exercise shows what it would have sent; what is real has no sink", async () => {
  const message = { key: "m-1", channel: "sms", language: "en-US", subject: "Flood", text: "EXERCISE: Leave the river road now.", html: null, kept_at: "2026-03-01T10:00:00Z" };
  const { routes: known } = fakeApi(routes({ "GET /api/v1/notifications/broadcasts/:id": broadcast({ exercise: true, status: "Exercise" }), "GET /api/v1/notifications/broadcasts/:id/sink": page([message]) }));
  const { user, unmount } = open("?tab=sink");

  await user.click(await screen.findByRole("button", { name: /^Flood EXERCISE/ }));
  expect(within(await screen.findByRole("dialog", { name: "Flood" })).getByText("EXERCISE: Leave the river road now.")).toBeInTheDocument();
  unmount();

  known["GET /api/v1/notifications/broadcasts/:id"] = broadcast();
  open("?tab=sink");
  expect(await screen.findByRole("tab", { name: "Progress", selected: true })).toBeInTheDocument();
  expect(screen.queryByRole("tab", { name: "What would be sent" })).not.toBeInTheDocument();
});

test("the list shows the broadcasts of this world, and only those that run when asked", async () => {
  worldStore.getState().setWorld("exercise");
  const { sent } = fakeApi(routes());
  const { user } = renderPage(<BroadcastsPage />, { path: "/notifications" });

  const row = (await screen.findByRole("link", { name: "Kern River is rising at Kernville" })).closest("tr") ?? expect.fail("no row");
  expect(within(row).getByText("900")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Being sent now" }));
  await waitFor(() => expect(Object.fromEntries(sent.at(-1)?.query ?? [])).toMatchObject({ exercise: "true", running: "true" }));
  worldStore.setState({ world: null });
});

test("a broadcast that reaches nobody says so", async () => {
  fakeApi(routes({ "GET /api/v1/notifications/broadcasts/:id": broadcast({ state: "finished", counts: counts(), by_channel: [], by_area: [] }) }));
  open();
  expect(await screen.findByText("Nobody is subscribed in its area for this hazard and severity.")).toBeInTheDocument();
});

test("a reason nobody has named stays as the provider gave it", () => {
  expect(reasonText("timed-out")).toBe("No answer in time");
  expect(reasonText("provider-error:20500")).toBe("The provider failed (20500)");
  expect(reasonText("550 mailbox unavailable")).toBe("550 mailbox unavailable");
});
