import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Activity } from "@/api/types";
import { LiveProvider } from "@/live/LiveProvider";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { commander, ridgecrest } from "@/testing/people";
import { renderPage } from "@/testing/render";
import ActivityPage from "./ActivityPage";

const entry = (position: number, changes: Partial<Activity> = {}): Activity => ({
  position,
  sequence: position,
  id: `entry-${position}`,
  time: "2019-07-06T03:40:00Z",
  recorded_at: "2019-07-06T03:40:00Z",
  type: "muster.task.added.v1",
  summary: `added the task "Check bridge ${position}"`,
  actor: { id: "person-daniel", name: "Daniel Okafor", kind: "user" },
  subject: "task/task-1",
  incident_id: "incident-ridgecrest",
  organization_id: "kern",
  exercise: false,
  data: { task_id: "task-1", title: `Check bridge ${position}` },
  hash: `hash-of-${position}`,
  ...changes,
});

const note = entry(3, {
  type: "muster.note.written.v1",
  summary: "noted: Gas smell at the school",
  data: { text: "Gas smell at the school", corrects: null },
});

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander(),
  "GET /api/v1/people": page([{ id: "person-daniel", name: "Daniel Okafor", roles: ["Operations Section Chief"], organization_id: "kern" }]),
  "GET /api/v1/incidents": page([ridgecrest()]),
  "GET /api/v1/activity": page([note, entry(2), entry(1)]),
  ...changes,
});

test("the journal shows who did what, when, and for which incident", async () => {
  fakeApi(routes());
  renderPage(<ActivityPage />, { path: "/activity" });

  const row = await screen.findByRole("link", { name: /Check bridge 2/ });

  expect(row).toHaveTextContent("Daniel Okafor");
  expect(await within(row).findByText("Ridgecrest Earthquake")).toBeInTheDocument();
});

test("a kind of entries is asked for by the beginnings of its event types", async () => {
  const { sent } = fakeApi(
    routes({ "GET /api/v1/activity": (s: { query: URLSearchParams }) => (s.query.has("type") ? page([entry(2)]) : page([note, entry(2)])) }),
  );
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });
  await screen.findByRole("link", { name: /Check bridge 2/ });

  await user.click(screen.getByRole("button", { name: /Plan and tasks/ }));

  await waitFor(() => expect(sent.findLast((s) => s.path === "/api/v1/activity")?.query.getAll("type")).toEqual(["muster.operational_period", "muster.objective", "muster.task"]));
  expect(screen.queryByText(/Gas smell/)).not.toBeInTheDocument();
});

test("choosing an incident and a person narrows the journal", async () => {
  const { sent } = fakeApi(routes());
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  await screen.findByRole("option", { name: /Ridgecrest/ });
  await user.selectOptions(screen.getByLabelText("Incident"), "incident-ridgecrest");
  await user.selectOptions(screen.getByLabelText("Person"), "person-daniel");

  await waitFor(() => {
    const query = sent.findLast((s) => s.path === "/api/v1/activity")?.query;
    expect(query?.get("incident_id")).toBe("incident-ridgecrest");
    expect(query?.get("person_id")).toBe("person-daniel");
  });
});

test("an entry opens with its raw data and the hash that protects it", async () => {
  fakeApi(routes());
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  await user.click(await screen.findByRole("link", { name: /Check bridge 2/ }));

  const detail = await screen.findByRole("dialog", { name: "Entry" });
  expect(detail).toHaveTextContent("hash-of-2");
  expect(detail).toHaveTextContent('"title": "Check bridge 2"');
});

test("a note is written for an incident and the world on screen", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/activity/notes": { id: "entry-4" } }));
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  await user.click(await screen.findByRole("button", { name: "Write a note" }));
  const dialog = await screen.findByRole("dialog", { name: "Write a note" });
  await user.click(within(dialog).getByRole("button", { name: "Add to the journal" }));
  expect(dialog).toHaveTextContent("Say what happened.");
  await user.type(within(dialog).getByLabelText("What happened"), "Water main broken");
  await user.selectOptions(within(dialog).getByLabelText("Incident"), "incident-ridgecrest");
  await user.click(within(dialog).getByRole("button", { name: "Add to the journal" }));

  await screen.findByText("Added to the journal");
  const body = sent.find((s) => s.path === "/api/v1/activity/notes")?.body;
  expect(body).toMatchObject({ text: "Water main broken", incident_id: "incident-ridgecrest", exercise: false });
});

test("a note is corrected by adding another that names it", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/activity/notes": { id: "entry-4" } }));
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  await user.click(await screen.findByRole("link", { name: /Gas smell/ }));
  await user.click(await screen.findByRole("button", { name: "Correct this note" }));
  const text = await screen.findByLabelText("What happened");
  expect(text).toHaveValue("Gas smell at the school");
  await user.type(text, ", now gone");
  await user.click(screen.getByRole("button", { name: "Add to the journal" }));

  await waitFor(() =>
    expect(sent.find((s) => s.path === "/api/v1/activity/notes")?.body).toMatchObject({ text: "Gas smell at the school, now gone", corrects: "entry-3" }),
  );
});

test("older entries are read on request", async () => {
  const { sent } = fakeApi(
    routes({ "GET /api/v1/activity": (s: { query: URLSearchParams }) => (s.query.get("cursor") ? page([entry(1)]) : page([note, entry(2)], "older")) }),
  );
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  await user.click(await screen.findByRole("button", { name: "Load more" }));

  expect(await screen.findByRole("link", { name: /Check bridge 1/ })).toBeInTheDocument();
  expect(sent.findLast((s) => s.path === "/api/v1/activity")?.query.get("cursor")).toBe("older");
});

test("a new entry waits behind '1 new' while somebody reads, and comes in when let in", async () => {
  let tell: (entry: Activity) => void = () => undefined;
  const stream = (): Response => {
    const body = new ReadableStream<Uint8Array>({
      start: (line) => {
        tell = (event) => line.enqueue(new TextEncoder().encode(`id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
      },
    });
    const response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    response.clone = () => response;
    return response;
  };
  fakeApi(routes({ "GET /api/v1/stream": stream }));
  const { user, unmount } = renderPage(<LiveProvider><ActivityPage /></LiveProvider>, { path: "/activity" });

  await user.hover(await screen.findByRole("link", { name: /Check bridge 2/ }));
  await act(async () => {
    tell(entry(9));
    await Promise.resolve();
  });
  await user.click(await screen.findByRole("button", { name: "1 new" }));

  expect(await screen.findByRole("link", { name: /Check bridge 9/ })).toBeInTheDocument();
  unmount();
});

test("without the permission the page names it", async () => {
  fakeApi(routes({ "GET /api/v1/me": commander({ permissions: ["incidents:read"] }) }));
  renderPage(<ActivityPage />, { path: "/activity" });

  expect(await screen.findByText(/needs the permission activity:read/)).toBeInTheDocument();
});

test("a failure says what happened and offers to try again", async () => {
  const { routes: known } = fakeApi(routes({ "GET /api/v1/activity": problem(500, "internal", "The journal could not be read") }));
  const { user } = renderPage(<ActivityPage />, { path: "/activity" });

  const again = await screen.findByRole("button", { name: "Try again" }, { timeout: 8000 });
  known["GET /api/v1/activity"] = page([entry(2)]);
  await user.click(again);

  expect(await screen.findByRole("link", { name: /Check bridge 2/ })).toBeInTheDocument();
}, 12_000);
