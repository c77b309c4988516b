import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { floodAlert, floodContent, inForce, officer, preview } from "@/testing/alerts";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { address, renderPage } from "@/testing/render";
import AlertPage from "./AlertPage";
import ReviewPage from "./ReviewPage";

const amara = { id: "person-amara", name: "Amara Okafor" };
const noor = { id: "person-noor", name: "Noor Haddad" };
const inReview = (changes: Parameters<typeof floodAlert>[0] = {}) =>
  floodAlert({ status: "in_review", submitted_by: amara, submitted_at: "2026-03-01T10:10:00Z", next_statuses: ["draft", "approved", "rejected"], ...changes });

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": officer(),
  "GET /api/v1/alerts/terms": page([{ key: "flood", term: "flood", category: "Met", code: "OET-081" }]),
  "GET /api/v1/alerts/:id": inReview(),
  "GET /api/v1/alerts/:id/versions": page([{ revision: 1, content: floodContent(), written_at: "2026-03-01T10:00:00Z", written_by: amara }]),
  "POST /api/v1/alerts/preview": preview(),
  "POST /api/v1/alerts/audience": { known: true, people: 1234, by_channel: { sms: 1234 }, reason: null, counted_at: new Date().toISOString() },
  ...changes,
});

const open = () => renderPage(<ReviewPage />, { path: "/alerts/:id/review", at: "/alerts/alert-1/review" });

test("a second person approves", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/alerts/:id/approve": inReview({ status: "approved", approved_by: noor, approved_at: "2026-03-01T10:20:00Z" }) }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Approve" }));

  expect(await screen.findByText("Approved “Kern River is rising at Kernville”")).toBeInTheDocument();
  expect(sent.filter((one) => one.path.endsWith("/approve"))).toHaveLength(1);
  expect(await screen.findByRole("button", { name: "Publish" })).toBeInTheDocument();
});

test("whoever submitted it sees why they cannot approve it", async () => {
  fakeApi(routes({ "GET /api/v1/me": officer({ id: "person-amara" }) }));
  open();

  expect(await screen.findByText("You submitted this alert, so somebody else has to approve it.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Approve" })).not.toBeInTheDocument();
});

test("what only the server knows against an approval is shown as it says it", async () => {
  fakeApi(routes({ "POST /api/v1/alerts/:id/approve": problem(403, "second-person-needed", "Your account was made or reset within 24 hours by somebody who had a hand in it.") }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Approve" }));
  expect((await screen.findAllByText(/Your account was made or reset within 24 hours/)).length).toBeGreaterThan(0);
});

test("returning asks why", async () => {
  const { sent } = fakeApi(routes({ "POST /api/v1/alerts/:id/return": floodAlert() }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Return to authors" }));
  expect(await screen.findByText("Say why, so that the authors know what to do.")).toBeInTheDocument();
  expect(sent.some((one) => one.path.endsWith("/return"))).toBe(false);
  await user.type(screen.getByRole("textbox", { name: "Comment", description: /Say why|Needed/ }), "Name the bridge");
  await user.click(screen.getByRole("button", { name: "Return to authors" }));

  expect(await address()).toBe("/alerts/alert-1/edit");
  expect(sent.find((one) => one.path.endsWith("/return"))?.body).toEqual({ comment: "Name the bridge" });
});

test("what changed since it was last submitted is shown word by word", async () => {
  const words = floodContent().texts?.[0] ?? expect.fail("no words");
  const step = (revision: number, after: string, at: string) => ({ id: `${revision}-${after}`, before: null, after, comment: null, place: null, revision, at, by: amara });
  const now = floodContent({ severity: "Extreme", texts: [{ ...words, description: "Water is over the old bridge." }] });
  fakeApi(
    routes({
      "GET /api/v1/alerts/:id": inReview({ revision: 2, content: now, entries: [step(1, "in_review", "2026-03-01T10:01:00Z"), step(1, "draft", "2026-03-01T10:05:00Z"), step(2, "in_review", "2026-03-01T10:10:00Z")] }),
      "GET /api/v1/alerts/:id/versions": page([
        { revision: 1, content: floodContent(), written_at: "2026-03-01T10:00:00Z", written_by: amara },
        { revision: 2, content: now, written_at: "2026-03-01T10:09:00Z", written_by: amara },
      ]),
    }),
  );
  open();

  const changed = await screen.findByRole("region", { name: "What changed" });
  expect(await within(changed).findByText("Severity")).toBeInTheDocument();
  const added = (await within(changed).findAllByRole("insertion")).map((each) => each.textContent);
  expect(added).toEqual(["added: Extreme", "added: old "]);
  expect(within(changed).getByRole("deletion")).toHaveTextContent("removed: Severe");
});

test("nothing reaches the public before its word is typed", async () => {
  const { sent } = fakeApi(routes({ "GET /api/v1/alerts/:id": inReview({ status: "approved", approved_by: noor }), "POST /api/v1/alerts/:id/publish": inForce() }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Publish" }));
  const dialog = await screen.findByRole("dialog", { name: "Publish this alert" });
  expect(await within(dialog).findByText("1,234 people")).toBeInTheDocument();
  const word = within(dialog).getByLabelText(/Type PUBLISH or the hazard, “flood”/);
  await user.type(word, "yes{Enter}");
  expect(await within(dialog).findByText(/Type one of these words/)).toBeInTheDocument();
  expect(sent.some((one) => one.path.endsWith("/publish"))).toBe(false);
  await user.clear(word);
  await user.type(word, "Flood{Enter}");

  expect(await address()).toBe("/alerts/alert-1");
  expect(sent.filter((one) => one.path.endsWith("/publish"))).toHaveLength(1);
});

test("an exercise says that nobody real is reached", async () => {
  fakeApi(routes({ "GET /api/v1/alerts/:id": inReview({ status: "approved", approved_by: noor, exercise: true, cap_status: "Exercise" }) }));
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Publish" }));
  const dialog = await screen.findByRole("dialog", { name: "Publish this alert" });
  expect(within(dialog).getAllByText("Nobody real is reached: it goes to the sink only.").length).toBeGreaterThan(0);
  expect(within(dialog).getByRole("button", { name: "Publish to the sink" })).toBeInTheDocument();
});

test("an alert in force is updated by one click, and shows its public faces and its thread", async () => {
  const { sent } = fakeApi(
    routes({
      "GET /api/v1/alerts/:id": inForce({ thread: [{ id: "alert-0", number: null, msg_type: "Update", status: "draft", headline: "River falls", sent: null }] }),
      "POST /api/v1/alerts/:id/update": floodAlert({ id: "alert-9", msg_type: "Update", follows_id: "alert-1" }),
    }),
  );
  const { user } = renderPage(<AlertPage />, { path: "/alerts/:id", at: "/alerts/alert-1" });

  expect(await screen.findByRole("link", { name: "CAP XML" })).toHaveAttribute("href", "/api/v1/alerts/alert-1/cap.xml");
  expect(screen.getByRole("link", { name: "Public page" })).toHaveAttribute("href", "/warnings/alert-1");
  expect(within(screen.getByRole("region", { name: "Messages of this alert" })).getByRole("link", { name: "River falls" })).toHaveAttribute("href", "/alerts/alert-0/edit");
  await user.click(screen.getByRole("button", { name: "Update" }));

  expect(await address()).toBe("/alerts/alert-9/edit");
  expect(sent.filter((one) => one.path === "/api/v1/alerts/alert-1/update")).toHaveLength(1);
});

test("how its delivery goes is shown by whoever delivers", async () => {
  fakeApi(routes({ "GET /api/v1/alerts/:id": inForce() }));
  renderPage(<AlertPage Delivery={({ alertId }) => <p>Progress of {alertId}</p>} />, { path: "/alerts/:id", at: "/alerts/alert-1" });
  expect(await screen.findByText("Progress of alert-1")).toBeInTheDocument();
});
