import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ProposalRule } from "@/api/types";
import { fakeApi, page } from "@/testing/fake-api";
import { commander, onlooker } from "@/testing/people";
import { renderPage } from "@/testing/render";
import RulesPage from "./RulesPage";

const strong: ProposalRule = {
  id: "rule-1", name: "Strong nearby", enabled: true, kind: "earthquake", minimum_magnitude: 5, alert_levels: ["orange", "red"], tsunami: null, within_km: 100, version: 4,
};

test("a rule says its conditions in words, and only those who manage hazards may touch it", async () => {
  fakeApi({ "GET /api/v1/me": onlooker(), "GET /api/v1/hazards/rules": page([strong]) });
  renderPage(<RulesPage />);

  expect(await screen.findByText("Earthquake · magnitude 5.0 or more · within 100 km · PAGER alert orange, red")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Add rule/ })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Turn off/ })).not.toBeInTheDocument();
});

test("a rule is added with the conditions that were given, and no others", async () => {
  const { sent } = fakeApi({ "GET /api/v1/me": commander(), "GET /api/v1/hazards/rules": page([]), "POST /api/v1/hazards/rules": strong });
  const { user } = renderPage(<RulesPage />);

  await user.click(await screen.findByRole("button", { name: "Add rule" }));
  await user.type(screen.getByLabelText("Name"), "Felt in the valley");
  await user.type(screen.getByLabelText("Magnitude at least"), "4.5");
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  expect(sent.find((s) => s.method === "POST" && s.path.endsWith("/rules"))?.body).toEqual({
    name: "Felt in the valley", enabled: true, kind: "earthquake", minimum_magnitude: 4.5, within_km: null, alert_levels: [], tsunami: null,
  });
});

test("a rule is turned off for the version on screen, and a removed one can be had back", async () => {
  const { sent } = fakeApi({
    "GET /api/v1/me": commander(),
    "GET /api/v1/hazards/rules": page([strong]),
    "PATCH /api/v1/hazards/rules/:id": { ...strong, enabled: false },
    "DELETE /api/v1/hazards/rules/:id": undefined,
    "POST /api/v1/hazards/rules": strong,
  });
  const { user } = renderPage(<RulesPage />);

  await user.click(await screen.findByRole("button", { name: /Turn off/ }));
  await waitFor(() => expect(sent.find((s) => s.method === "PATCH")?.body).toEqual({ enabled: false }));
  expect(sent.find((s) => s.method === "PATCH")?.headers.get("If-Match")).toBe('"4"');

  await user.click(screen.getByRole("button", { name: "Remove the rule Strong nearby" }));
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(sent.find((s) => s.method === "POST" && s.path.endsWith("/rules"))?.body).toMatchObject({ name: "Strong nearby", within_km: 100 }));
});

test("saving a rule keeps the condition that there is no tsunami flag, which the form does not show", async () => {
  const inland: ProposalRule = { ...strong, tsunami: false };
  const { sent } = fakeApi({
    "GET /api/v1/me": commander(),
    "GET /api/v1/hazards/rules": page([inland]),
    "PATCH /api/v1/hazards/rules/:id": inland,
  });
  const { user } = renderPage(<RulesPage />);

  await user.click(await screen.findByRole("button", { name: /Edit/ }));
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(sent.find((s) => s.method === "PATCH")?.body).toMatchObject({ tsunami: false }));
});
