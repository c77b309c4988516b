import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, noConnection, page, problem } from "@/testing/fake-api";
import { commander, onlooker, ridgecrest } from "@/testing/people";
import { address, renderPage } from "@/testing/render";
import DeclarePage from "./DeclarePage";

const everyone = { "GET /api/v1/me": commander(), "GET /api/v1/incidents/kinds": page([{ key: "wildfire", name: "Wildfire", group: "Natural" }]) };

test("a name is enough to declare an incident, which then opens", async () => {
  const { sent } = fakeApi({ ...everyone, "POST /api/v1/incidents": ridgecrest({ id: "new", name: "Cedar Creek Fire" }) });
  const { user } = renderPage(<DeclarePage />, { path: "/incidents/declare" });

  await user.type(await screen.findByLabelText("Name"), "Cedar Creek Fire");
  await user.click(screen.getByRole("button", { name: "Declare incident" }));

  expect(await address()).toBe("/incidents/new");
  const declared = sent.find((s) => s.method === "POST" && s.path === "/api/v1/incidents");
  expect(declared?.body).toEqual({ name: "Cedar Creek Fire", exercise: false });
  expect(declared?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  expect(declared?.headers.get("Authorization")).toBe("Bearer a-token");
});

test("the place can be given as a grid reference", async () => {
  const { sent } = fakeApi({ ...everyone, "POST /api/v1/incidents": ridgecrest() });
  const { user } = renderPage(<DeclarePage />, { path: "/incidents/declare" });

  await user.type(await screen.findByLabelText("Name"), "Cedar Creek Fire");
  await user.click(screen.getByText("More (optional)"));
  await user.type(screen.getByLabelText("Location"), "11S MV 45793 58478");
  await user.click(screen.getByRole("button", { name: "Declare incident" }));

  await address();
  const body = sent.find((s) => s.path === "/api/v1/incidents")?.body as { location: { coordinates: [number, number] } };
  expect(body.location.coordinates[0]).toBeCloseTo(-117.599, 2);
  expect(body.location.coordinates[1]).toBeCloseTo(35.77, 2);
});

test("without a connection the form keeps what was typed, and the next try carries the same key", async () => {
  const { sent, routes } = fakeApi({ ...everyone, "POST /api/v1/incidents": noConnection });
  const { user } = renderPage(<DeclarePage />, { path: "/incidents/declare" });

  await user.type(await screen.findByLabelText("Name"), "Trona Road Closure");
  await user.click(screen.getByRole("button", { name: "Declare incident" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The server did not answer");
  expect(screen.getByLabelText("Name")).toHaveValue("Trona Road Closure");

  routes["POST /api/v1/incidents"] = ridgecrest();
  await user.click(screen.getByRole("button", { name: "Declare incident" }));
  await address();
  const keys = sent.filter((s) => s.path === "/api/v1/incidents").map((s) => s.headers.get("Idempotency-Key"));
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test("what the server finds wrong stands at its field", async () => {
  fakeApi({ ...everyone, "POST /api/v1/incidents": problem(422, "invalid-input", "The name is not usable.", [{ pointer: "/name", detail: "Control characters are not allowed." }]) });
  const { user } = renderPage(<DeclarePage />, { path: "/incidents/declare" });

  await user.type(await screen.findByLabelText("Name"), "x");
  await user.click(screen.getByRole("button", { name: "Declare incident" }));

  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveAccessibleDescription(/Control characters are not allowed/));
  expect(screen.getByLabelText("Name")).toBeInvalid();
  expect(screen.getByRole("button", { name: /4bf92f3577b3/ })).toBeInTheDocument();
});

test("someone who may not declare reads which permission is missing", async () => {
  fakeApi({ "GET /api/v1/me": onlooker() });
  renderPage(<DeclarePage />, { path: "/incidents/declare" });

  expect(await screen.findByText(/incidents:declare/)).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Declare incident" })).not.toBeInTheDocument();
});
