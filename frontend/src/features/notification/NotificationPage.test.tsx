import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import type { NotificationSubscription } from "./api/subscriptions";
import NotificationPage from "./NotificationPage";

const LIST = "GET /api/v1/notification/subscriptions";

const cots: NotificationSubscription = {
  id: "subscription-1",
  name: "Twenty cots",
  details: "For the gymnasium",
  status: "open",
  next_statuses: ["done", "withdrawn"],
  overdue: true,
  incident_id: null,
  incident_name: null,
  exercise: false,
  opened_at: "2019-07-06T03:30:00Z",
  opened_by: { id: "person-amara", name: "Amara Okafor" },
  updated_at: "2019-07-06T03:30:00Z",
  version: 1,
};

const me = (...permissions: string[]): Routes => ({ "GET /api/v1/me": commander({ permissions }) });
const worker = me("notification:read", "notification:work");
const open = () => renderPage(<NotificationPage />, { path: "/notification", at: "/notification" });

test("an empty list says so in a sentence", async () => {
  fakeApi({ ...worker, [LIST]: page([]) });
  open();

  expect(await screen.findByText("No subscription is here.")).toBeInTheDocument();
});

test("a subscription is opened with a few words and appears in the list", async () => {
  const { sent, routes } = fakeApi({ ...worker, [LIST]: page([]) });
  routes["POST /api/v1/notification/subscriptions"] = () => {
    const water = { ...cots, name: "Bottled water", details: null };
    routes[LIST] = page([water]);
    return water;
  };
  const { user } = open();

  await user.click(await screen.findByRole("button", { name: "Open a subscription" }));
  await user.click(screen.getByRole("button", { name: "Open a subscription" }));
  expect(screen.getByText("Say in a few words what is needed.")).toBeInTheDocument();
  await user.type(screen.getByLabelText("What is needed"), "Bottled water");
  await user.click(screen.getByRole("button", { name: "Open a subscription" }));

  expect(await screen.findByRole("row", { name: /Bottled water/ })).toBeInTheDocument();
  expect(sent.filter((one) => one.path === "/api/v1/notification/subscriptions" && one.method === "POST").map((one) => one.body)).toEqual([
    { name: "Bottled water", details: null, exercise: false, incident_id: null },
  ]);
});

test("a subscription shows that it is late, and takes its next step", async () => {
  const { sent, routes } = fakeApi({ ...worker, [LIST]: page([cots]) });
  routes["POST /api/v1/notification/subscriptions/:id/status"] = () => {
    const done = { ...cots, status: "done", next_statuses: ["open"], overdue: false };
    routes[LIST] = page([done]);
    return done;
  };
  const { user } = open();

  const row = await screen.findByRole("row", { name: /Twenty cots/ });
  expect(within(row).getByText("Overdue")).toBeInTheDocument();
  await user.click(await within(row).findByRole("button", { name: /^Done/ }));

  expect(await screen.findByRole("button", { name: /^Open again/ })).toBeInTheDocument();
  expect(sent.find((one) => one.path.endsWith("/status"))?.body).toEqual({ status: "done" });
});

test("who may only read is offered nothing to press", async () => {
  fakeApi({ ...me("notification:read"), [LIST]: page([cots]) });
  open();

  expect(await screen.findByRole("row", { name: /Twenty cots/ })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /^(Open a|Done|Withdraw)/ })).not.toBeInTheDocument();
});
