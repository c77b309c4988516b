import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { broadcast, counts, sender } from "@/testing/notifications";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import { DeliveryProgress } from "./components/DeliveryProgress";

const LIST = "GET /api/v1/notifications/broadcasts";
const DETAIL = "GET /api/v1/notifications/broadcasts/:id";

const routes = (changes: Routes = {}): Routes => ({ "GET /api/v1/me": sender(), [LIST]: page([broadcast()]), [DETAIL]: broadcast(), ...changes });

const open = () => renderPage(<DeliveryProgress alertId="alert-1" />, { path: "/alerts/alert-1" });
const posts = (sent: { method: string; path: string }[]) => sent.filter(({ method }) => method === "POST").map(({ path }) => path);

test("an alert tells how many it reached, in all, by channel and by area", async () => {
  const { sent } = fakeApi(routes());
  open();

  expect(await screen.findByText("900 of 1,000 reached")).toBeInTheDocument();
  expect(sent.find(({ path }) => path === "/api/v1/notifications/broadcasts")?.query.get("alert_id")).toBe("alert-1");
  const sms = within(screen.getByRole("region", { name: "By channel" })).getByText("SMS").closest("tr") ?? expect.fail("no row");
  expect(within(sms).getByText("500")).toBeInTheDocument();
  expect(within(sms).getByText("12")).toBeInTheDocument();
  // The map is not for everybody: the same numbers stand in a table beside it.
  const areas = screen.getByRole("region", { name: "Numbers by area" });
  expect(within(areas).getByText("1 · Kernville and the river road")).toBeInTheDocument();
  expect(screen.getByText("41 OK · 0 HELP · 2 STOP · 1 other")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Recipients" })).toHaveAttribute("href", "/notifications/broadcast-1?tab=recipients");
});

test("100 percent is said when all are reached and not before", async () => {
  fakeApi(routes({ [DETAIL]: broadcast({ counts: counts({ recipients: 1000, accepted: 999, reached: 999, failed: 1 }), by_channel: [], by_area: [] }) }));
  open();
  expect(await screen.findByText("99%")).toBeInTheDocument();
});

test("stopping asks once more, and can be taken back", async () => {
  const { sent, routes: known } = fakeApi(routes({ "POST /api/v1/notifications/broadcasts/:id/stop": undefined, "POST /api/v1/notifications/broadcasts/:id/resume": undefined }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Stop sending" }));
  const dialog = await screen.findByRole("dialog", { name: /Stop sending/ });
  expect(dialog).toHaveTextContent("85 recipients who still wait");
  expect(posts(sent)).toEqual([]);
  known[DETAIL] = broadcast({ state: "stopped", stopped_at: new Date().toISOString(), stopped_by: "Amara Okafor" });
  await user.click(within(dialog).getByRole("button", { name: "Stop sending" }));

  expect(await screen.findByText(/Stopped by Amara Okafor/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Go on sending" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Go on sending" }));
  await waitFor(() => expect(posts(sent)).toEqual(["/api/v1/notifications/broadcasts/broadcast-1/stop", "/api/v1/notifications/broadcasts/broadcast-1/resume"]));
});

test("what failed is tried again, and how many that are is said", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/notifications/broadcasts/:id/retry": { deliveries: 9 } }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Try failed again" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("12 messages failed");
  await user.click(within(dialog).getByRole("button", { name: "Try failed again" }));

  expect(await screen.findByText("9 messages wait again")).toBeInTheDocument();
  expect(posts(sent)).toEqual(["/api/v1/notifications/broadcasts/broadcast-1/retry"]);
});

test("a refusal is shown where it was asked, and the numbers are read again", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/notifications/broadcasts/:id/stop": problem(409, "broadcast-over", "It is over: nothing of it is sent any more.") }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Stop sending" }));
  const dialog = await screen.findByRole("dialog");
  const before = sent.filter(({ path }) => path.endsWith("/broadcast-1")).length;
  await user.click(within(dialog).getByRole("button", { name: "Stop sending" }));

  expect(await within(dialog).findByRole("alert")).toHaveTextContent("It is over");
  await waitFor(() => expect(sent.filter(({ path }) => path.endsWith("/broadcast-1")).length).toBeGreaterThan(before));
});

test("whoever only looks is offered no act, and the broadcast in place of its recipients", async () => {
  fakeApi(routes({ "GET /api/v1/me": commander({ permissions: ["alerts:read", "notifications:read"] }) }));
  open();

  expect(await screen.findByRole("link", { name: "Open the broadcast" })).toHaveAttribute("href", "/notifications/broadcast-1");
  expect(screen.queryByRole("button", { name: "Stop sending" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try failed again" })).not.toBeInTheDocument();
});

test("what has ended or was overtaken cannot be tried again", async () => {
  fakeApi(routes({ [DETAIL]: broadcast({ state: "finished", expires: new Date(Date.now() - 1000).toISOString() }) }));
  open();
  expect(await screen.findByText("900 of 1,000 reached")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try failed again" })).not.toBeInTheDocument();
});

test("a moment after publishing it says that delivery begins, and then shows it", async () => {
  const { routes: known } = fakeApi(routes({ [LIST]: page([]) }));
  open();

  expect(await screen.findByText("Not taken in yet")).toBeInTheDocument();
  known[LIST] = page([broadcast()]);
  expect(await screen.findByText("900 of 1,000 reached")).toBeInTheDocument();
});

test("whoever may not see the delivery is told which permission is missing", async () => {
  fakeApi(routes({ "GET /api/v1/me": commander({ permissions: ["alerts:read"] }) }));
  open();
  expect(await screen.findByText(/needs the permission notifications:read/)).toBeInTheDocument();
});
