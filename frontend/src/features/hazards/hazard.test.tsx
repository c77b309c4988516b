import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { commander, mainshock, onlooker, ridgecrest } from "@/testing/people";
import { address, renderPage } from "@/testing/render";
import FeedsPage from "./FeedsPage";
import HazardPage from "./HazardPage";

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander(),
  "GET /api/v1/hazards/:id": { ...mainshock(), merged_ids: [] },
  "GET /api/v1/hazards/:id/revisions": page([
    { revision: 1, seen_at: "2019-07-06T03:22:00Z", reported_at: "2019-07-06T03:21:00Z", change: "reported", changes: [], raw: {} },
    {
      revision: 2,
      seen_at: "2019-07-06T03:26:00Z",
      reported_at: "2019-07-06T03:25:00Z",
      change: "updated",
      changes: [{ field: "magnitude", from: 6.9, to: 7.1 }],
      raw: {},
    },
  ]),
  ...changes,
});
const open = () => renderPage(<HazardPage />, { path: "/hazards/:id", at: "/hazards/hazard-71" });

test("the duty officer declares an incident from a hazard", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/hazards/:id/incident": ridgecrest() }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Declare incident" }));

  expect(await address()).toBe("/incidents/incident-ridgecrest");
  expect(sent.some((s) => s.method === "POST" && s.path === "/api/v1/hazards/hazard-71/incident")).toBe(true);
});

test("a hazard that is already an incident leads there instead", async () => {
  fakeApi(routes({ "GET /api/v1/hazards/:id": { ...mainshock({ incident_id: "incident-ridgecrest" }), merged_ids: [] } }));
  open();

  expect(await screen.findByRole("link", { name: "Open incident" })).toHaveAttribute("href", "/incidents/incident-ridgecrest");
  expect(screen.queryByRole("button", { name: "Declare incident" })).not.toBeInTheDocument();
});

test("when the hazard service does not answer, the person reads so and stays", async () => {
  fakeApi(routes({ "POST /api/v1/hazards/:id/incident": problem(503, "unavailable", "Hazard monitoring does not answer. Try again in a moment.") }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Declare incident" }));

  expect(await screen.findByText("Hazard monitoring does not answer. Try again in a moment.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Declare incident" })).toBeEnabled();
});

test("each revision says what changed from what to what", async () => {
  fakeApi(routes());
  open();

  expect(await screen.findByText("Revision 2")).toBeInTheDocument();
  expect(screen.getByText("6.9").closest("del")).not.toBeNull();
  expect(screen.getByText("7.1", { selector: "ins" })).toBeInTheDocument();
});

const proposal = { id: "proposal-1", reason: "Magnitude 7.1 is 6.0 or more", status: "open" as const };

test("whoever may not declare is not asked to decide", async () => {
  fakeApi(routes({ "GET /api/v1/me": onlooker(), "GET /api/v1/hazards/:id": { ...mainshock({ proposal }), merged_ids: [] } }));
  open();

  expect(await screen.findByRole("button", { name: "Declare incident" })).toBeDisabled();
  expect(screen.queryByRole("button", { name: "Dismiss" })).not.toBeInTheDocument();
});

test("a proposal is dismissed with a reason", async () => {
  const { sent } = fakeApi(routes({ "GET /api/v1/hazards/:id": { ...mainshock({ proposal }), merged_ids: [] }, "POST /api/v1/hazards/proposals/:id/dismiss": {} }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Dismiss" }));
  await user.type(await screen.findByLabelText("Reason"), "Felt nowhere");
  await user.keyboard("{Enter}");

  expect(await screen.findByText("Proposal dismissed")).toBeInTheDocument();
  expect(sent.find((s) => s.path.endsWith("/dismiss"))?.body).toEqual({ reason: "Felt nowhere" });
});

const feed = {
  id: "feed-usgs", key: "usgs", name: "USGS earthquakes", kind: "usgs", url: "https://earthquake.usgs.gov/", state: "stale", age_seconds: 7200,
  last_success_at: "2019-07-06T01:00:00Z", last_attempt_at: null, last_error: "HTTP 503", consecutive_failures: 14, breaker: "closed",
  next_poll_at: null, poll_seconds: 60, paused: false, exercise: false, hazards: 12, quarantined: 0,
};

test("the state of a feed is said in words, with its age", async () => {
  fakeApi({ "GET /api/v1/me": onlooker(), "GET /api/v1/hazards/feeds": page([feed, { ...feed, id: "new", name: "New feed", state: "unknown", age_seconds: null }]) });
  renderPage(<FeedsPage />);

  expect(await screen.findByRole("article", { name: "USGS earthquakes" })).toHaveTextContent(/Stale2 h/);
  expect(screen.getByRole("article", { name: "New feed" })).toHaveTextContent(/Unknown–/);
  expect(screen.queryByRole("button", { name: "Pause" })).not.toBeInTheDocument();
});

test("pausing a feed can be undone", async () => {
  const { sent } = fakeApi({
    "GET /api/v1/me": commander(),
    "GET /api/v1/hazards/feeds": page([feed]),
    "POST /api/v1/hazards/feeds/:id/pause": feed,
    "POST /api/v1/hazards/feeds/:id/resume": feed,
  });
  const { user } = renderPage(<FeedsPage />);

  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));

  await screen.findByText("Resumed USGS earthquakes");
  expect(sent.filter((s) => s.method === "POST").map((s) => s.path.split("/").at(-1))).toEqual(["pause", "resume"]);
});
