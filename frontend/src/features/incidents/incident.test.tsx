import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { dropAllEdits, queueStore, sendWaiting } from "@/offline/queue";
import { fakeApi, noConnection, page, problem, type Routes } from "@/testing/fake-api";
import { commander, ridgecrest } from "@/testing/people";
import { renderPage } from "@/testing/render";
import IncidentPage from "./IncidentPage";

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander(),
  "GET /api/v1/incidents/:id": ridgecrest(),
  "GET /api/v1/incidents/kinds": page([]),
  "GET /api/v1/incidents/positions": page([{ key: "incident_commander", title: "Incident Commander", section: "Command", unified: true }]),
  "GET /api/v1/people": page([{ id: "person-luis", name: "Luis Herrera", roles: ["Responder"], organization_id: "kern" }]),
  "GET /api/v1/activity": page([]),
  "GET /api/v1/help-requests": page([]),
  ...changes,
});

const open = (tab = "") => renderPage(<IncidentPage />, { path: "/incidents/:id", at: `/incidents/incident-ridgecrest${tab && `?tab=${tab}`}` });

beforeEach(dropAllEdits);

test("an incident offers only the steps that can follow", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/incidents/:id/status": ridgecrest({ status: "demobilizing", next_statuses: ["active", "closed"] }) }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Demobilize" }));

  expect(await screen.findByText("Ridgecrest Earthquake is now Demobilizing")).toBeInTheDocument();
  expect(sent.find((s) => s.path.endsWith("/status"))?.body).toEqual({ status: "demobilizing" });
});

test("closing asks for its reason", async () => {
  const demobilizing = ridgecrest({ status: "demobilizing", next_statuses: ["active", "closed"] });
  const { sent } = fakeApi(routes({ "GET /api/v1/incidents/:id": demobilizing, "POST /api/v1/incidents/:id/status": ridgecrest({ status: "closed", next_statuses: [] }) }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Close incident" }));
  const dialog = await screen.findByRole("dialog", { name: "Close Ridgecrest Earthquake" });
  await user.selectOptions(within(dialog).getByLabelText("Reason"), "Transferred to another organization");
  await user.type(within(dialog).getByLabelText("Note"), "Handed to Inyo County");
  await user.click(within(dialog).getByRole("button", { name: "Close incident" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.find((s) => s.path.endsWith("/status"))?.body).toEqual({ status: "closed", reason: "transferred", note: "Handed to Inyo County" });
});

test("a task can be moved on without a connection; it waits and is sent later", async () => {
  const { sent, routes: known } = fakeApi(routes({ "POST /api/v1/incidents/:id/tasks/:task/status": noConnection }));
  const { user } = open("work");

  const task = await screen.findByLabelText(/Task “Check gas mains/);
  await user.selectOptions(task, "Done");

  expect(await screen.findByText(/Kept on this device/)).toBeInTheDocument();
  expect(task).toHaveValue("done");
  expect(queueStore.getState().edits.map((e) => e.label)).toEqual(["Task “Check gas mains on Las Flores Avenue”: Done"]);

  known["POST /api/v1/incidents/:id/tasks/:task/status"] = {};
  expect(await sendWaiting()).toBe(1);
  expect(queueStore.getState().edits).toEqual([]);
  const keys = sent.filter((s) => s.path.endsWith("/status")).map((s) => s.headers.get("Idempotency-Key"));
  expect(new Set(keys).size).toBe(1);
});

test("a refused edit is put back as it was", async () => {
  fakeApi(routes({ "POST /api/v1/incidents/:id/tasks/:task/status": problem(409, "wrong-status", "'Ridgecrest Earthquake' is closed.") }));
  const { user } = open("work");

  const task = await screen.findByLabelText(/Task “Check gas mains/);
  await user.selectOptions(task, "Done");

  expect(await screen.findByText("'Ridgecrest Earthquake' is closed.")).toBeInTheDocument();
  await waitFor(() => expect(task).toHaveValue("open"));
});

test("a position is filled by a person of the organization", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/incidents/:id/positions": {} }));
  const { user } = open("command");

  await user.click(await screen.findByRole("button", { name: "Assign a position" }));
  await screen.findByRole("option", { name: "Luis Herrera · Responder" });
  await user.selectOptions(screen.getByLabelText("Person"), "person-luis");
  await user.click(screen.getByRole("button", { name: "Assign" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.find((s) => s.method === "POST")?.body).toEqual({ position: "incident_commander", person_id: "person-luis", person_name: "Luis Herrera" });
});

test("two people who changed different fields never hear of a conflict", async () => {
  let version = 3;
  let saved = ridgecrest();
  const { sent } = fakeApi(
    routes({
      "GET /api/v1/incidents/:id": () => saved,
      "PATCH /api/v1/incidents/:id": ({ headers, body }: { headers: Headers; body: unknown }) => {
        if (headers.get("If-Match") !== `"${version}"`) return problem(412, "precondition-failed", "Changed meanwhile.");
        saved = { ...saved, ...(body as object), version: version + 1 };
        return saved;
      },
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  await user.type(screen.getByLabelText("Summary"), "Power out in Trona");
  version = 4;
  saved = ridgecrest({ version: 4, name: "Searles Valley Earthquake" });

  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(saved).toMatchObject({ name: "Searles Valley Earthquake", summary: "Power out in Trona" });
  expect(sent.filter((s) => s.method === "PATCH")).toHaveLength(2);
});

test("a task that someone reassigned meanwhile still takes a new title", async () => {
  let task = { ...ridgecrest().tasks[0], version: 1 };
  const { sent } = fakeApi(
    routes({
      "GET /api/v1/incidents/:id": () => ({ ...ridgecrest(), tasks: [task] }),
      "PATCH /api/v1/incidents/:id/tasks/:task": ({ headers, body }: { headers: Headers; body: unknown }) => {
        if (headers.get("If-Match") !== `"${task.version}"`) return problem(412, "precondition-failed", "Changed meanwhile.");
        task = { ...task, ...(body as object), version: task.version + 1 };
        return task;
      },
    }),
  );
  const { user } = open("work");
  await user.click(await screen.findByRole("button", { name: "Edit Check gas mains on Las Flores Avenue" }));
  const title = screen.getByRole("textbox", { name: "Task" });
  await user.clear(title);
  await user.type(title, "Shut the gas mains");
  task = { ...task, assignee: "Engine 75", version: 2 };
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(task).toMatchObject({ title: "Shut the gas mains", assignee: "Engine 75" });
  expect(sent.filter((s) => s.method === "PATCH").map((s) => s.body)).toEqual([{ title: "Shut the gas mains" }, { title: "Shut the gas mains" }]);
});

test("an objective that both rewrote is saved only when told again", async () => {
  let objective = { ...ridgecrest().objectives[0], version: 2, text: "Account for everyone in Trona and Argus" };
  fakeApi(
    routes({
      "GET /api/v1/incidents/:id": () => ({ ...ridgecrest(), objectives: [objective] }),
      "PATCH /api/v1/incidents/:id/objectives/:objective": ({ headers, body }: { headers: Headers; body: unknown }) => {
        if (headers.get("If-Match") !== `"${objective.version}"`) return problem(412, "precondition-failed", "Changed meanwhile.");
        objective = { ...objective, ...(body as object), version: objective.version + 1 };
        return objective;
      },
    }),
  );
  const { user } = open("work");
  await user.click(await screen.findByRole("button", { name: /^Edit Account for everyone/ }));
  const text = within(screen.getByRole("dialog")).getByLabelText("Objective");
  await user.clear(text);
  await user.type(text, "Find everyone in Trona");
  objective = { ...objective, text: "Account for everyone in the valley", version: 3 };
  await user.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText("Saved meanwhile: Account for everyone in the valley")).toBeInTheDocument();
  expect(objective.text).toBe("Account for everyone in the valley");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(objective.text).toBe("Find everyone in Trona"));
});

test("when both changed the same field, both versions are shown and one is chosen", async () => {
  let saved = ridgecrest();
  fakeApi(
    routes({
      "GET /api/v1/incidents/:id": () => saved,
      "PATCH /api/v1/incidents/:id": ({ headers, body }: { headers: Headers; body: unknown }) => {
        if (headers.get("If-Match") !== `"${saved.version}"`) return problem(412, "precondition-failed", "Changed meanwhile.");
        saved = { ...saved, ...(body as object), version: saved.version + 1 };
        return saved;
      },
    }),
  );
  const { user } = open();
  await user.click(await screen.findByRole("button", { name: "Edit" }));
  const name = screen.getByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Ridgecrest Mainshock");
  saved = ridgecrest({ version: 4, name: "Searles Valley Earthquake" });
  await user.click(screen.getByRole("button", { name: "Save" }));

  const mine = await screen.findByLabelText(/Yours.*Ridgecrest Mainshock/);
  expect(screen.getByLabelText(/Saved meanwhile.*Searles Valley Earthquake/)).not.toBeChecked();
  expect(mine).toBeChecked();
  await user.click(screen.getByRole("button", { name: "Save this choice" }));

  await waitFor(() => expect(saved.name).toBe("Ridgecrest Mainshock"));
  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});
