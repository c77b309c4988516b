import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { callForHelp } from "@/testing/notifications";
import { commander, onlooker, ridgecrest } from "@/testing/people";
import { renderPage } from "@/testing/render";
import IncidentPage from "./IncidentPage";
import IncidentsPage from "./IncidentsPage";

const CALLS = "GET /api/v1/help-requests";
const ACCEPT = "POST /api/v1/help-requests/:id/accept";
const DISMISS = "POST /api/v1/help-requests/:id/dismiss";

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander(),
  "GET /api/v1/incidents": page([ridgecrest()]),
  "GET /api/v1/incidents/kinds": page([]),
  "GET /api/v1/incidents/:id": ridgecrest(),
  "GET /api/v1/activity": page([]),
  [CALLS]: page([callForHelp()]),
  ...changes,
});

const board = () => renderPage(<IncidentsPage />, { path: "/incidents", at: "/incidents?view=board" });
const column = () => screen.findByRole("region", { name: "Calls for help" });

test("the board begins with those who call for help: what they wrote, where they are, how long they wait", async () => {
  const { sent } = fakeApi(routes());
  board();

  const calls = await column();
  expect(within(calls).getByText("two of us on the roof")).toBeInTheDocument();
  expect(within(calls).getByText("4 min ago")).toBeInTheDocument();
  expect(within(calls).getByRole("link", { name: "Show on map" })).toHaveAttribute("href", "/?at=14/35.7500/-118.4200&open=help:call-1");
  expect(within(calls).getByRole("link", { name: "Ridgecrest Earthquake" })).toHaveAttribute("href", "/incidents/incident-ridgecrest");
  expect(Object.fromEntries(sent.find(({ path }) => path === "/api/v1/help-requests")?.query ?? [])).toMatchObject({ status: "open", exercise: "false" });
});

test("the list says beside its title that somebody waits", async () => {
  fakeApi(routes());
  renderPage(<IncidentsPage />, { path: "/incidents" });
  expect(await screen.findByRole("link", { name: /1 call for help/ })).toHaveAttribute("href", "/incidents?view=board");
});

test("a call is made a task of the incident its warning belongs to", async () => {
  const { sent, routes: known } = fakeApi(routes({ [ACCEPT]: callForHelp({ status: "accepted", task_id: "task-9" }) }));
  const { user } = board();

  await user.click(await screen.findByRole("button", { name: "Make it a task: two of us on the roof" }));
  const dialog = await screen.findByRole("dialog", { name: "Make it a task" });
  expect(within(dialog).getByLabelText("Incident")).toHaveValue("incident-ridgecrest");
  await user.type(within(dialog).getByLabelText(/Assign/), "Boat 2");
  known[CALLS] = page([]);
  await user.click(within(dialog).getByRole("button", { name: "Make it a task" }));

  expect(await screen.findByText("The call for help is a task now")).toBeInTheDocument();
  expect(sent.find(({ method }) => method === "POST")?.body).toEqual({ assignee: "Boat 2" });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Calls for help" })).not.toBeInTheDocument());
});

test("where the warning belongs to no incident, one is declared at the caller's place", async () => {
  const call = callForHelp({ incident_id: null, incident_name: null });
  const { sent } = fakeApi(routes({ [CALLS]: page([call]), "POST /api/v1/incidents": ridgecrest({ id: "incident-new", name: "Kernville flood" }), [ACCEPT]: call }));
  const { user } = board();

  await user.click(await screen.findByRole("button", { name: /^Make it a task/ }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Make it a task" }));
  expect(within(dialog).getByLabelText("Incident")).toHaveAccessibleDescription("Choose the incident that answers it.");
  await user.selectOptions(within(dialog).getByLabelText("Incident"), "Declare an incident for it");
  await user.type(within(dialog).getByLabelText("Name"), "Kernville flood");
  await user.click(within(dialog).getByRole("button", { name: "Declare and make it a task" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.filter(({ method }) => method === "POST").map(({ path, body }) => [path, body])).toEqual([
    ["/api/v1/incidents", { name: "Kernville flood", exercise: false, location: { type: "Point", coordinates: [-118.42, 35.75] } }],
    ["/api/v1/help-requests/call-1/accept", { incident_id: "incident-new" }],
  ]);
});

test("dismissing wants a reason; a decision that somebody else took first is told", async () => {
  const { sent, routes: known } = fakeApi(routes({ [DISMISS]: problem(409, "conflict", "Luis Herrera has accepted this call already. Load the list again.") }));
  const { user } = board();

  await user.click(await screen.findByRole("button", { name: /^Dismiss/ }));
  const dialog = await screen.findByRole("dialog", { name: "Dismiss this call for help?" });
  await user.click(within(dialog).getByRole("button", { name: "Dismiss" }));
  expect(within(dialog).getByLabelText("Reason")).toHaveAccessibleDescription("Write why nobody needs to go.");
  await user.type(within(dialog).getByLabelText("Reason"), "A child played");
  await user.click(within(dialog).getByRole("button", { name: "Dismiss" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Luis Herrera has accepted this call already");

  known[DISMISS] = callForHelp({ status: "dismissed" });
  await user.click(within(dialog).getByRole("button", { name: "Dismiss" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.findLast(({ method }) => method === "POST")?.body).toEqual({ reason: "A child played" });
});

test("an incident shows its own calls: those that wait at once, the decided ones among its work", async () => {
  fakeApi(routes({ [CALLS]: page([callForHelp({ id: "call-2", text: "all safe now", status: "dismissed", decided_by: "Luis Herrera", decided_at: "2026-03-01T10:00:00Z", reason: "They are out" }), callForHelp()]) }));
  const { user } = renderPage(<IncidentPage />, { path: "/incidents/:id", at: "/incidents/incident-ridgecrest" });

  expect(within(await column()).getByText("two of us on the roof")).toBeInTheDocument();
  expect(screen.queryByText("all safe now")).not.toBeInTheDocument();
  await user.click(screen.getByRole("tab", { name: /Objectives and tasks/ }));
  const texts = within(await column()).getAllByRole("article").map((one) => one.getAttribute("aria-label"));
  expect(texts).toEqual(["Call for help: two of us on the roof", "Call for help: all safe now"]);
  expect(screen.getByText(/Dismissed by Luis Herrera/)).toBeInTheDocument();
});

test("whoever only looks sees the calls and is offered no act", async () => {
  fakeApi(routes({ "GET /api/v1/me": onlooker() }));
  board();
  const calls = await column();
  expect(within(calls).getByText("two of us on the roof")).toBeInTheDocument();
  expect(within(calls).queryByRole("button")).not.toBeInTheDocument();
});

test("the question stays open when somebody else decides meanwhile, and the answer says who", async () => {
  const { routes: known } = fakeApi(routes({ [DISMISS]: problem(409, "conflict", "Luis Herrera has accepted this call already. Load the list again.") }));
  const { user, client } = board();

  await user.click(await screen.findByRole("button", { name: /^Dismiss/ }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Reason"), "A child played");
  known[CALLS] = page([]);
  await client.invalidateQueries({ queryKey: ["incidents", "help"] });
  await waitFor(() => expect(screen.queryByText("4 min ago")).not.toBeInTheDocument());

  await user.click(within(dialog).getByRole("button", { name: "Dismiss" }));
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("Luis Herrera has accepted this call already");
});
