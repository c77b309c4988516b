import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { AlertContent } from "@/api/types";
import { floodAlert, floodContent, officer, preview } from "@/testing/alerts";
import { fakeApi, page, problem, type Routes, type Sent } from "@/testing/fake-api";
import { address, renderPage } from "@/testing/render";
import ComposePage from "./ComposePage";
import NewAlertPage from "./NewAlertPage";

const CONTENT = "PUT /api/v1/alerts/:id/content";
const saved = (version: number) => (sent: Sent) => floodAlert({ version, revision: version, content: sent.body as AlertContent });

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": officer(),
  "GET /api/v1/alerts/terms": page([{ key: "flood", term: "flood", category: "Met", code: "OET-081" }]),
  "GET /api/v1/incidents": page([]),
  "GET /api/v1/alerts/:id": floodAlert(),
  "POST /api/v1/alerts/preview": preview(),
  "POST /api/v1/alerts/audience": { known: true, people: 1234, by_channel: { sms: 1000, email: 234 }, reason: null, counted_at: new Date().toISOString() },
  [CONTENT]: saved(2),
  ...changes,
});

const open = (search = "") => renderPage(<ComposePage />, { path: "/alerts/:id/edit", at: `/alerts/alert-1/edit${search}` });
const writes = (sent: Sent[]): Sent[] => sent.filter((one) => one.method === "PUT");

test("what is typed is saved when typing rests, against the version it grew from", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  const headline = await screen.findByLabelText("Headline");
  await user.clear(headline);
  await user.type(headline, "Leave Kernville now");
  expect(screen.getByText("19 of 160")).toBeInTheDocument();
  expect(await screen.findByText("Not saved yet")).toBeInTheDocument();
  expect(await screen.findByText("Saved")).toBeInTheDocument();

  expect(writes(sent)).toHaveLength(1);
  expect(writes(sent)[0]?.headers.get("If-Match")).toBe('"1"');
  expect((writes(sent)[0]?.body as AlertContent).texts?.[0]?.headline).toBe("Leave Kernville now");
});

test("what was typed survives a reload, before it is saved", async () => {
  fakeApi(routes());
  const first = open();
  await first.user.type(await screen.findByLabelText("What to do"), " Go to the high school.");
  first.unmount();

  open();
  expect(await screen.findByLabelText("What to do")).toHaveValue("Leave the river road now. Go to the high school.");
  expect(screen.getByText("Your unsent text is back.")).toBeInTheDocument();
});

test("someone else's change to another part simply comes together", async () => {
  const theirs = floodAlert({ version: 2, content: floodContent({ severity: "Extreme" }) });
  let stale = true;
  const { sent, routes: known } = fakeApi(
    routes({
      [CONTENT]: (one: Sent) => {
        if (!stale) return saved(3)(one);
        stale = false;
        known["GET /api/v1/alerts/:id"] = theirs;
        return problem(412, "precondition-failed", "Someone else changed it.");
      },
    }),
  );
  const { user } = open();

  await user.type(await screen.findByLabelText("Headline"), "!");
  await waitFor(() => expect(writes(sent)).toHaveLength(2));

  expect(writes(sent)[1]?.headers.get("If-Match")).toBe('"2"');
  expect(writes(sent)[1]?.body).toMatchObject({ severity: "Extreme", texts: [{ headline: "Kern River is rising at Kernville!" }] });
  await waitFor(() => expect(screen.getByRole("radio", { name: /Extreme/ })).toBeChecked());
});

test("a part that both changed is asked about; nobody's words are lost unseen", async () => {
  const words = floodContent().texts?.[0] ?? expect.fail("no words");
  const theirs = floodAlert({ version: 2, content: floodContent({ texts: [{ ...words, headline: "Evacuate Kernville" }] }) });
  let stale = true;
  const { sent, routes: known } = fakeApi(
    routes({
      [CONTENT]: (one: Sent) => {
        if (!stale) return saved(3)(one);
        stale = false;
        known["GET /api/v1/alerts/:id"] = theirs;
        return problem(412, "precondition-failed", "Someone else changed it.");
      },
    }),
  );
  const { user } = open();

  await user.type(await screen.findByLabelText("Headline"), "!");
  const dialog = await screen.findByRole("dialog", { name: "Someone else changed the same parts" });
  expect(within(dialog).getByText("Kern River is rising at Kernville!")).toBeInTheDocument();
  await user.click(within(dialog).getByRole("radio", { name: /Theirs/ }));
  await user.click(within(dialog).getByRole("button", { name: "Save my choice" }));

  await waitFor(() => expect(screen.getByLabelText("Headline")).toHaveValue("Evacuate Kernville"));
  expect(writes(sent)).toHaveLength(1);
});

test("languages stand side by side, each with what it lacks", async () => {
  fakeApi(routes());
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Add language" }));
  await user.click(await screen.findByRole("button", { name: "Spanish (United States)" }));

  const spanish = await screen.findByRole("group", { name: "Spanish (United States)" });
  expect(within(spanish).getByText("4 missing")).toBeInTheDocument();
  await user.type(within(spanish).getByLabelText("Headline"), "El río Kern crece");
  expect(within(spanish).getByText("3 missing")).toBeInTheDocument();
});

test("how many it reaches is unknown when nobody can count, and never 0", async () => {
  fakeApi(routes({ "POST /api/v1/alerts/audience": { known: false, people: null, by_channel: {}, reason: "The delivery service does not answer.", counted_at: new Date().toISOString() } }));
  open("?part=preview");

  const reach = await screen.findByRole("region", { name: "Reaches" });
  expect(await within(reach).findByText("Unknown")).toBeInTheDocument();
  expect(within(reach).getByText("The delivery service does not answer.")).toBeInTheDocument();
  expect(within(reach).queryByText(/\b0\b/)).not.toBeInTheDocument();
});

test("an area is given by coordinates alone, and what is wrong with it is said at it", async () => {
  const { sent, routes: known } = fakeApi(routes({ "GET /api/v1/alerts/:id": floodAlert({ content: floodContent({ areas: [] }) }) }));
  const { user } = open("?part=area");

  await user.click(await screen.findByRole("button", { name: "Type coordinates" }));
  const corners = await screen.findByLabelText("Corners, one a line");
  await user.type(corners, "35.7, -118.5{Enter}nowhere");
  expect(screen.getByText("Line 2 is no place that can be read.")).toBeInTheDocument();
  await user.clear(corners);
  await user.type(corners, "35.7, -118.5{Enter}11S LV 63980 51720{Enter}35.8N 118.4W");
  known["POST /api/v1/alerts/preview"] = preview({
    findings: [{ level: "error", code: "self-crossing", pointer: "/areas/0/geometry", detail: "the area crosses itself", at: [-118.45, 35.75] }],
  });
  await user.click(screen.getByRole("button", { name: "Add area" }));

  expect(await screen.findByText(/^3 corners/)).toBeInTheDocument();
  expect((await screen.findAllByText("The area crosses itself.")).length).toBeGreaterThan(0);
  await waitFor(() => expect(writes(sent).length).toBeGreaterThan(0));
  const area = (writes(sent).at(-1)?.body as AlertContent).areas?.[0];
  expect(area?.geometry?.coordinates[0]).toHaveLength(4);
});

test("a boundary is found by its name and taken as the server draws it", async () => {
  const { sent } = fakeApi(
    routes({
      "GET /api/v1/alert-boundaries": page([{ id: "b-1", kind: "county", code: "06029", name: "Kern County", bbox: [-120, 34, -117, 36] }]),
      "POST /api/v1/alerts/areas": { description: "Kern County", geometry: { type: "Polygon", coordinates: [[[-120, 34], [-117, 34], [-117, 36], [-120, 34]]] }, area_km2: 20000, vertices: 3, findings: [] },
    }),
  );
  const { user } = open("?part=area");

  await user.click(await screen.findByRole("button", { name: "Boundary" }));
  await user.click(await screen.findByRole("button", { name: /Kern County/ }));

  expect(await screen.findByDisplayValue("Kern County")).toBeInTheDocument();
  expect(sent.find((one) => one.path === "/api/v1/alerts/areas")?.body).toEqual({ boundary_ids: ["b-1"], inside_jurisdiction: false });
});

test("a draft with errors is not submitted; one without goes to review", async () => {
  const { sent, routes: known } = fakeApi(
    routes({
      "POST /api/v1/alerts/preview": preview({ findings: [{ level: "error", code: "no-expiry", pointer: "/expires", detail: "say when it ends", at: null }], ready: false }),
      "POST /api/v1/alerts/:id/submit": floodAlert({ status: "in_review", version: 2 }),
    }),
  );
  const { user, client } = open("?part=preview");

  await screen.findByRole("button", { name: /Say when it ends/ });
  await user.click(screen.getByRole("button", { name: /^Submit for review/ }));
  const dialog = await screen.findByRole("dialog", { name: "Submit for review" });
  expect(within(dialog).getByText("One thing is missing:")).toBeInTheDocument();
  await user.click(within(dialog).getByRole("button", { name: "Go on writing" }));

  known["POST /api/v1/alerts/preview"] = preview();
  await client.invalidateQueries({ queryKey: ["alerts", "preview"] });
  await screen.findByText("Ready to submit");
  await user.click(screen.getByRole("button", { name: /^Submit for review/ }));
  await user.type(await screen.findByLabelText(/Comment for the reviewer/), "Please hurry");
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Submit for review" }));

  expect(await address()).toBe("/alerts/alert-1/review");
  expect(sent.find((one) => one.path.endsWith("/submit"))?.body).toEqual({ comment: "Please hurry" });
});

test("a draft begins from a template with its fields filled", async () => {
  const { sent } = fakeApi(
    routes({
      "GET /api/v1/alert-templates": page([
        { id: "t-1", name: "Flood, river rising", fields: [{ key: "river", label: "Which river", required: true, choices: [], example: "Kern River" }], content: floodContent(), created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z", version: 1 },
      ]),
      "POST /api/v1/alerts": floodAlert(),
    }),
  );
  const { user } = renderPage(<NewAlertPage />, { path: "/alerts/new", at: "/alerts/new" });

  await user.click(await screen.findByRole("radio", { name: /Flood, river rising/ }));
  await user.click(screen.getByRole("button", { name: "Begin draft" }));
  expect(await screen.findByText("Fill this in; the template’s texts need it.")).toBeInTheDocument();
  await user.type(screen.getByLabelText("Which river"), "Kern River");
  await user.click(screen.getByRole("button", { name: "Begin draft" }));

  expect(await address()).toBe("/alerts/alert-1/edit");
  expect(sent.find((one) => one.method === "POST" && one.path === "/api/v1/alerts")?.body).toEqual({ exercise: false, test: false, template_id: "t-1", fields: { river: "Kern River" } });
});
