import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Ics214, JournalIntegrity } from "@/api/types";
import { fakeApi, page } from "@/testing/fake-api";
import { commander, ridgecrest } from "@/testing/people";
import { renderPage } from "@/testing/render";
import Ics214Page from "./Ics214Page";
import IntegrityPage from "./IntegrityPage";

const form: Ics214 = {
  form: "ICS 214",
  incident_id: "incident-ridgecrest",
  incident_name: "Ridgecrest Earthquake",
  incident_number: "2019-000001",
  period_from: "2019-07-06T02:00:00Z",
  period_to: null,
  person: { id: null, name: "", position: "", home_agency: "" },
  resources: [{ id: "person-daniel", name: "Daniel Okafor", position: "Operations Section Chief", home_agency: "Kern County Emergency Services" }],
  activities: [
    { time: "2019-07-06T03:24:00Z", recorded_at: "2019-07-06T03:24:00Z", who: "Amara Okafor", activity: 'declared "Ridgecrest Earthquake"', exercise: true },
  ],
  truncated: false,
  exercise: true,
  prepared_by: "Amara Okafor",
  prepared_at: "2019-07-06T08:00:00Z",
};

const routes = {
  "GET /api/v1/me": commander(),
  "GET /api/v1/people": page([]),
  "GET /api/v1/incidents": page([ridgecrest()]),
  "GET /api/v1/incidents/:id": ridgecrest({ periods: [{ id: "p1", number: 1, starts_at: "2019-07-06T02:00:00Z", ends_at: "2019-07-06T14:00:00Z", version: 1 }] }),
  "GET /api/v1/activity/ics-214": form,
};

test("the ICS 214 of an incident lists who was there and what was done, and says EXERCISE", async () => {
  fakeApi(routes);
  renderPage(<Ics214Page />, { path: "/activity/ics-214", at: "/activity/ics-214?incident=incident-ridgecrest" });

  const paper = await screen.findByRole("article", { name: "Activity Log (ICS 214)" });

  expect(paper).toHaveTextContent('Amara Okafor declared "Ridgecrest Earthquake"');
  expect(paper).toHaveTextContent("Operations Section Chief");
  expect(paper).toHaveTextContent("EXERCISE");
});

test("an operational period of the incident sets the bounds of the form", async () => {
  const { sent } = fakeApi(routes);
  const { user } = renderPage(<Ics214Page />, { path: "/activity/ics-214", at: "/activity/ics-214?incident=incident-ridgecrest" });

  await user.selectOptions(await screen.findByLabelText("Operational period"), "p1");
  await screen.findByRole("article");

  const asked = sent.findLast((s) => s.path === "/api/v1/activity/ics-214")?.query;
  expect(asked?.get("since")).toBe("2019-07-06T02:00:00Z");
  expect(asked?.get("until")).toBe("2019-07-06T14:00:00Z");
});

test("without an incident or a person the page asks for one", async () => {
  fakeApi(routes);
  renderPage(<Ics214Page />, { path: "/activity/ics-214" });

  expect(await screen.findByText("Choose an incident or a person")).toBeInTheDocument();
});

const whole: JournalIntegrity = {
  organization_id: "kern", entries: 76, head_hash: "270efadf", head_at: "2019-07-06T08:00:00Z", sealed_at: "2019-07-06T08:01:00Z",
  verified_at: "2019-07-06T08:01:00Z", verified_entries: 76, walked_through_at: null, ok: true, problem: null,
};

test("an auditor sees that the chain is whole, and a broken one names its first bad entry", async () => {
  const { routes: known } = fakeApi({ "GET /api/v1/me": commander({ permissions: ["activity:audit"] }), "GET /api/v1/activity/integrity": whole });
  const { user } = renderPage(<IntegrityPage />, { path: "/activity/integrity" });
  expect(await screen.findByText("The chain is whole")).toBeInTheDocument();

  known["GET /api/v1/activity/integrity"] = { ...whole, ok: false, problem: "entry 12 does not match its hash" };
  await user.click(screen.getByRole("button", { name: "Check again" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("entry 12 does not match its hash");
});

test("whoever may not audit is told which permission is missing", async () => {
  fakeApi({ "GET /api/v1/me": commander() });
  renderPage(<IntegrityPage />, { path: "/activity/integrity" });

  expect(await screen.findByText(/needs the permission activity:audit/)).toBeInTheDocument();
});
