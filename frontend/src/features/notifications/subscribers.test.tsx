import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { sender, subscriber } from "@/testing/notifications";
import { onlooker } from "@/testing/people";
import { renderPage } from "@/testing/render";
import SubscribersPage from "./SubscribersPage";

const LIST = "GET /api/v1/notifications/subscriptions";
const IMPORT = "POST /api/v1/notifications/subscriptions/import";

const routes = (changes: Routes = {}): Routes => ({ "GET /api/v1/me": sender(), [LIST]: page([subscriber()]), ...changes });
const open = (search = "") => renderPage(<SubscribersPage />, { path: "/notifications/subscribers", at: `/notifications/subscribers${search}` });
/** The DOM of these tests has no `text()` of files. */
const list = (text: string): File => Object.assign(new File([text], "hospitals.csv", { type: "text/csv" }), { text: () => Promise.resolve(text) });

test("a subscriber is shown by masked addresses, and what they want to hear of", async () => {
  fakeApi(routes());
  open();

  const row = (await screen.findByText("+1•••••0123")).closest("tr") ?? expect.fail("no row");
  expect(within(row).getByText("Hospitals")).toBeInTheDocument();
  expect(within(row).getByText("All hazards from Severe on")).toBeInTheDocument();
});

test("filters stand in the address and are asked of the server", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  await user.selectOptions(await screen.findByLabelText("Who"), "Staff");
  await user.selectOptions(screen.getByLabelText("State"), "Paused");
  await user.type(screen.getByLabelText("Name of a list, in full"), "Hospitals");

  await waitFor(() =>
    expect(Object.fromEntries(sent.filter(({ path }) => path.endsWith("/subscriptions")).at(-1)?.query ?? [])).toMatchObject({ kind: "staff", status: "paused", list_name: "Hospitals", exercise: "false" }),
  );
});

test("someone is paused, and it can be undone", async () => {
  const { sent } = fakeApi(routes({ "PUT /api/v1/notifications/subscriptions/:id/pause": undefined }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Pause +1•••••0123" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));

  await waitFor(() => expect(sent.filter(({ method }) => method === "PUT").map(({ body }) => body)).toEqual([{ paused: true }, { paused: false }]));
});

test("removing destroys, and is asked before", async () => {
  const { sent } = fakeApi(routes({ "DELETE /api/v1/notifications/subscriptions/:id": undefined }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Remove +1•••••0123" }));
  const dialog = await screen.findByRole("dialog", { name: "Remove this subscriber?" });
  expect(dialog).toHaveTextContent("cannot be undone");
  expect(sent.some(({ method }) => method === "DELETE")).toBe(false);
  await user.click(within(dialog).getByRole("button", { name: "Remove and destroy" }));

  await waitFor(() => expect(sent.some(({ method, path }) => method === "DELETE" && path.endsWith("/subscriber-1"))).toBe(true));
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a list is taken in as it is", async () => {
  const { sent } = fakeApi(routes({ [IMPORT]: { import_id: "i-1", subscribers: 1, contact_points: 1 } }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Import a list" }));
  const dialog = await screen.findByRole("dialog");
  await user.upload(within(dialog).getByLabelText("Choose a file", { selector: "input" }), list("phone,coordinates\n+16615550123,\"35.7, -118.4\"\n"));
  expect(await within(dialog).findByText("hospitals.csv: 1 row")).toBeInTheDocument();
  await user.type(within(dialog).getByLabelText("Name of the list"), "Hospitals");
  await user.click(within(dialog).getByRole("button", { name: "Import a list" }));

  expect(await screen.findByText("Imported 1 subscriber to “Hospitals”")).toBeInTheDocument();
  const one = sent.find(({ method }) => method === "POST") ?? expect.fail("nothing was sent");
  expect(one.headers.get("Content-Type")).toBe("text/csv");
  expect(one.body).toBe('phone,coordinates\n+16615550123,"35.7, -118.4"\n');
  expect(Object.fromEntries(one.query)).toEqual({ list_name: "Hospitals", kind: "partner", exercise: "false" });
});

test("every row at fault is named, and nothing was taken in", async () => {
  const refusal = problem(422, "list-refused", "The list was not taken in", [
    { pointer: "/2/phone", detail: "Row 2, column phone: is no telephone number." },
    { pointer: "/7/coordinates", detail: "Row 7, column coordinates: is no place." },
    { pointer: "/9", detail: "Row 9: has 3 cells for 2 columns." },
  ]);
  fakeApi(routes({ [IMPORT]: refusal }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Import a list" }));
  const dialog = await screen.findByRole("dialog");
  await user.upload(within(dialog).getByLabelText("Choose a file", { selector: "input" }), list("phone\nx\n"));
  await user.type(within(dialog).getByLabelText("Name of the list"), "Hospitals");
  await user.click(within(dialog).getByRole("button", { name: "Import a list" }));

  const faults = await within(dialog).findByRole("alert");
  expect(faults).toHaveTextContent("3 faults in the list. Nothing was taken in.");
  const rows = within(faults).getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell").map((cell) => cell.textContent));
  expect(rows).toEqual([
    ["2", "phone", "is no telephone number."],
    ["7", "coordinates", "is no place."],
    ["9", "–", "has 3 cells for 2 columns."],
  ]);
  // What was typed stays for the next try.
  expect(within(dialog).getByLabelText("Name of the list")).toHaveValue("Hospitals");
});

test("an import without a file or a name says what is missing and sends nothing", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Import a list" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Import a list" }));

  expect(within(dialog).getByText("Choose a CSV file.")).toBeInTheDocument();
  expect(within(dialog).getByLabelText("Name of the list")).toBeInvalid();
  expect(sent.some(({ method, path }) => method === "POST" && path.endsWith("/import"))).toBe(false);
});

test("nobody subscribed yet is a sentence and the act that changes it", async () => {
  fakeApi(routes({ [LIST]: page([]) }));
  open();
  expect(await screen.findByText("Nobody is subscribed yet")).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: "Import a list" })).toHaveLength(2);
});

test("whoever may not run the lists is told which permission is missing, and nothing is asked for", async () => {
  const { sent } = fakeApi(routes({ "GET /api/v1/me": onlooker() }));
  open();
  expect(await screen.findByText(/needs the permission notifications:manage/)).toBeInTheDocument();
  expect(sent.some(({ path }) => path.endsWith("/subscriptions"))).toBe(false);
});
