import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, noConnection, page, type Routes } from "@/testing/fake-api";
import { commander, ridgecrest } from "@/testing/people";
import { address, renderPage } from "@/testing/render";
import { CommandPalette } from "./CommandPalette";

const SEARCH = "GET /api/v1/search";

const found = (kind: string, id: string, title: string, url: string) => ({
  kind, id, title, status: null, type: null, organization_id: null, incident_id: null, exercise: false,
  occurred_at: "2019-07-06T03:24:00Z", location: null, url, subject: `${kind}/${id}`,
  highlights: { title: [{ text: title, match: false }], text: [] },
});
const answer = (...items: object[]) => ({
  engine: "postgresql", degraded: false, degraded_because: null, tolerant: false, did_you_mean: null, total: items.length, facets: null, items, next: null,
});

const routes = (...permissions: string[]): Routes => ({
  "GET /api/v1/me": commander({ permissions: ["incidents:read", ...permissions] }),
  "GET /api/v1/incidents": page([ridgecrest()]),
  [SEARCH]: answer(found("incident", "cedar", "Cedar Creek Fire", "/incidents/cedar"), found("person", "dana", "Dana Cedarholm", "")),
});
const open = () => renderPage(<CommandPalette open onOpenChange={() => undefined} />, { path: "/start", at: "/start" });
const field = () => screen.findByRole("combobox");

test("before anything is typed it offers what is going on", async () => {
  const { sent } = fakeApi(routes("search:read"));
  open();

  expect(await screen.findByRole("option", { name: /Ridgecrest Earthquake/ })).toBeInTheDocument();
  expect(sent.some(({ path }) => path === "/api/v1/search")).toBe(false);
});

test("what is found opens by Enter, the first of it chosen already", async () => {
  const { sent } = fakeApi(routes("search:read"));
  const { user } = open();

  await screen.findByRole("option", { name: /Ridgecrest Earthquake/ });
  await user.type(await field(), "ced");
  const first = await screen.findByRole("option", { name: /Cedar Creek Fire/ });
  await waitFor(() => expect(first).toHaveAttribute("aria-selected", "true"));
  expect(sent.filter(({ path }) => path === "/api/v1/search").at(-1)?.query.get("exercise")).toBe("false");
  await user.keyboard("{Enter}");
  expect(await address()).toBe("/incidents/cedar");
});

test("a beginning of two letters counts, and a person opens what they did", async () => {
  const { sent } = fakeApi(routes("search:read"));
  const { user } = open();

  await screen.findByRole("option", { name: /Ridgecrest Earthquake/ });
  await user.type(await field(), "da");
  await screen.findByRole("option", { name: /Dana Cedarholm/ });
  // A slow machine pauses between two keys: the last question is asked a moment after the first answer shows.
  await waitFor(() => expect(sent.filter(({ path }) => path === "/api/v1/search").at(-1)?.query.get("q")).toBe("da*"));
  await screen.findByRole("option", { name: /Dana Cedarholm/ });
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await address()).toBe("/activity?person=dana");
});

test("a jump stands before what is found, and all of it is one line below", async () => {
  fakeApi(routes("search:read"));
  const { user } = open();

  await screen.findByRole("option", { name: /Ridgecrest Earthquake/ });
  await user.type(await field(), "feed");
  await screen.findByRole("option", { name: /Cedar Creek Fire/ });
  const names = screen.getAllByRole("option").map((option) => option.textContent);
  expect(names[0]).toBe("Feed health");
  expect(names.at(-1)).toBe("Search everything for “feed”");
  await user.click(screen.getByRole("option", { name: /Search everything/ }));
  expect(await address()).toBe("/search?q=feed");
});

test("without an answer the jumps still work, and it says so", async () => {
  fakeApi({ ...routes("search:read"), [SEARCH]: noConnection });
  const { user } = open();

  await screen.findByRole("option", { name: /Ridgecrest Earthquake/ });
  await user.type(await field(), "haz");
  expect(await screen.findByText(/Search does not answer/)).toBeInTheDocument();
  expect(screen.getByRole("option", { name: "Hazards" })).toBeInTheDocument();
});

test("who may not search finds incidents by name", async () => {
  const { sent } = fakeApi(routes());
  const { user } = open();

  await screen.findByRole("option", { name: /Ridgecrest Earthquake/ });
  await user.type(await field(), "ridge");
  expect(await screen.findByRole("option", { name: /Ridgecrest Earthquake/ })).toBeInTheDocument();
  expect(sent.some(({ path }) => path === "/api/v1/search")).toBe(false);
});
