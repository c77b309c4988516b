import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { floodAlert, inForce, listed, officer } from "@/testing/alerts";
import { fakeApi, page, type Routes, type Sent } from "@/testing/fake-api";
import { onlooker } from "@/testing/people";
import { renderPage } from "@/testing/render";
import AlertsPage from "./AlertsPage";

const draft = listed(floodAlert());
const published = listed(inForce({ id: "alert-2", headline: "Dam at Isabella is leaking", severity: "Extreme", hazard: "dam-break" }));

const LIST = "GET /api/v1/alerts";
const byStatus = (sent: Sent) => page([draft, published].filter((alert) => (sent.query.get("status") ?? "draft,published").split(",").includes(alert.status)));

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": officer(),
  "GET /api/v1/alerts/terms": page([{ key: "flood", term: "flood", category: "Met", code: "OET-081" }, { key: "dam-break", term: "dam break", category: "Infra", code: null }]),
  "GET /api/v1/incidents": page([]),
  [LIST]: byStatus,
  ...changes,
});

const open = (search = "") => renderPage(<AlertsPage />, { path: "/alerts", at: `/alerts${search}` });

test("each alert says where it stands, how bad it is and how long it still holds", async () => {
  fakeApi(routes());
  open();

  const row = (await screen.findByRole("link", { name: "Dam at Isabella is leaking" })).closest("tr") ?? expect.fail("no row");
  expect(within(row).getAllByText("In force")).not.toHaveLength(0);
  expect(within(row).getByText("Extreme")).toBeInTheDocument();
  expect(within(row).getByText("2 h 0 min left")).toBeInTheDocument();
  // A draft leads to where it is written.
  expect(screen.getByRole("link", { name: "Kern River is rising at Kernville" })).toHaveAttribute("href", "/alerts/alert-1/edit");
});

test("filters stand in the address and are asked of the server", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  await screen.findByRole("link", { name: "Kern River is rising at Kernville" });
  await user.click(screen.getByRole("button", { name: "In force" }));
  await user.click(screen.getByRole("button", { name: /Extreme/ }));

  expect(new URLSearchParams(location.search).get("state")).toBe("in_force");
  await screen.findByRole("link", { name: "Dam at Isabella is leaking" });
  const asked = sent.filter((one) => one.path === "/api/v1/alerts").at(-1)?.query;
  expect(Object.fromEntries(asked ?? [])).toMatchObject({ status: "published", severity: "Extreme", exercise: "false" });
});

test("a hazard is asked of the server, so that no page of the list is without it", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  await user.selectOptions(await screen.findByRole("combobox", { name: "Hazard" }), await screen.findByRole("option", { name: "dam break" }));
  await waitFor(() => expect(sent.filter((one) => one.path === "/api/v1/alerts").at(-1)?.query.get("hazard")).toBe("dam-break"));
  expect(new URLSearchParams(location.search).get("hazard")).toBe("dam-break");
});

test("the map asks for the areas, and names every alert beside it", async () => {
  const { sent } = fakeApi(routes());
  open("?view=map&severity=Extreme");

  const names = await screen.findByRole("list", { name: "Alerts" });
  expect(within(names).getByRole("link", { name: "Dam at Isabella is leaking" })).toHaveAttribute("href", "/alerts/alert-2");
  expect(Object.fromEntries(sent.find((one) => one.path === "/api/v1/alerts")?.query ?? [])).toMatchObject({ shapes: "true", severity: "Extreme" });
});

test("the board has a column for each stage", async () => {
  fakeApi(routes());
  open("?view=board");

  const column = await screen.findByRole("region", { name: "In force" });
  expect(await within(column).findByText("Dam at Isabella is leaking")).toBeInTheDocument();
  expect(within(screen.getByRole("region", { name: "Draft" })).getByText("Kern River is rising at Kernville")).toBeInTheDocument();
  expect(await within(screen.getByRole("region", { name: "Approved" })).findByText("None")).toBeInTheDocument();
});

test("whoever may not read alerts is told which permission is missing", async () => {
  fakeApi(routes({ "GET /api/v1/me": onlooker() }));
  open();
  expect(await screen.findByText(/needs the permission alerts:read/)).toBeInTheDocument();
});
