import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { officer, received, receivedThread } from "@/testing/alerts";
import { fakeApi, page, type Routes } from "@/testing/fake-api";
import { address, renderPage } from "@/testing/render";
import ReceivedAlertPage from "./ReceivedAlertPage";
import ReceivedPage from "./ReceivedPage";
import ReceivedThreadPage from "./ReceivedThreadPage";

const nws = received();
const county = received({
  id: "received-2", sender: "kern.example.org", sender_name: "Kern County", headline: "River road closed", signature: "broken", how: "overlap",
  why: "Same kind of event, 80 % of the smaller area, 100 % of the shorter time.", sent: "2026-03-01T09:00:00Z", feed: { id: "feed-kern", name: "Kern feed", state: "stale", age_seconds: 7200, paused: false },
});
const thread = receivedThread([nws, county]);

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": officer(),
  "GET /api/v1/received-alerts": page([nws, county, received({ id: "received-3", headline: "Signed", signature: "verified" })]),
  "GET /api/v1/received-alerts/threads": page([thread]),
  "GET /api/v1/received-alerts/threads/:id": thread,
  "GET /api/v1/received-alerts/:id": {
    ...county, message: {}, geocodes: [], signature_detail: "The digest does not match.", cap_version: "1.2", tolerated: [{ code: "z-offset", where: "sent", text: "Z as offset" }],
    media_type: "application/cap+xml", received_by: null, measures: {}, anchor_id: null, references: [], referred_to_by: [],
  },
  "GET /api/v1/alert-feeds": page([]),
  ...changes,
});

test("each alert of others says who signed it, in shape and word, and how fresh its source is", async () => {
  fakeApi(routes());
  renderPage(<ReceivedPage />, { path: "/alerts/received", at: "/alerts/received?view=single" });

  const row = (await screen.findByRole("link", { name: "River road closed" })).closest("tr") ?? expect.fail("no row");
  expect(within(row).getByText("Broken signature")).toBeInTheDocument();
  expect(within(row).getByText("Stale")).toBeInTheDocument();
  expect(screen.getByText("Verified")).toBeInTheDocument();
  expect(screen.getByText("Unsigned")).toBeInTheDocument();
});

test("threads are listed, and the filter for what holds stands in the address", async () => {
  const { sent } = fakeApi(routes());
  const { user } = renderPage(<ReceivedPage />, { path: "/alerts/received", at: "/alerts/received" });

  expect(await screen.findByRole("link", { name: "Flood Warning for Kern County" })).toHaveAttribute("href", "/alerts/received/thread-1");
  expect(sent.find((one) => one.path.endsWith("/threads"))?.query.get("in_force")).toBe("true");
  await user.click(screen.getByRole("button", { name: "In force" }));
  await waitFor(() => expect(sent.filter((one) => one.path.endsWith("/threads")).at(-1)?.query.get("in_force")).toBeNull());
});

test("where search found one alert, its thread opens at it", async () => {
  fakeApi(routes());
  renderPage(<ReceivedAlertPage />, { path: "/received-alerts/:id", at: "/received-alerts/received-2" });

  expect(await address()).toBe(`/alerts/received/${county.thread_id}?alert=received-2`);
});

test("a thread says why each alert is in it", async () => {
  fakeApi(routes());
  const { user } = renderPage(<ReceivedThreadPage />, { path: "/alerts/received/:id", at: "/alerts/received/thread-1" });

  await user.click(await screen.findByRole("button", { name: /River road closed/ }));
  const facts = await screen.findByRole("region", { name: "River road closed" });
  expect(await within(facts).findByText("The digest does not match.")).toBeInTheDocument();
  expect(within(facts).getByText(/By event, area and time: Same kind of event/)).toBeInTheDocument();
  expect(within(facts).getByText("Z as offset")).toBeInTheDocument();
});

test("a person splits a thread with a reason, and takes it back", async () => {
  const changed = { change_id: "change-1", kind: "split", thread_id: "thread-1", other_thread_ids: ["thread-2"] };
  const { sent } = fakeApi(routes({ "POST /api/v1/received-alerts/threads/:id/split": changed, "POST /api/v1/received-alerts/thread-changes/:id/undo": changed }));
  const { user } = renderPage(<ReceivedThreadPage />, { path: "/alerts/received/:id", at: "/alerts/received/thread-1" });

  await user.click(await screen.findByRole("button", { name: "Split" }));
  const dialog = await screen.findByRole("dialog", { name: "Split this thread" });
  await user.click(within(dialog).getByRole("button", { name: "Split" }));
  expect(await within(dialog).findByText("Choose at least one alert, and leave at least one.")).toBeInTheDocument();
  await user.click(within(dialog).getByRole("checkbox", { name: /River road closed/ }));
  await user.type(within(dialog).getByLabelText("Reason"), "A closed road is not the flood");
  await user.click(within(dialog).getByRole("button", { name: "Split" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(sent.some((one) => one.path === "/api/v1/received-alerts/thread-changes/change-1/undo")).toBe(true));
  expect(sent.find((one) => one.path.endsWith("/split"))?.body).toEqual({ alert_ids: ["received-2"], reason: "A closed road is not the flood" });
});
