import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import type { Found, FoundPage, Suggestion } from "./api/search";
import type { Watch } from "./api/watches";
import SearchPage from "./SearchPage";

const SEARCH = "GET /api/v1/search";
const SUGGESTIONS = "GET /api/v1/search/suggestions";
const WATCHES = "GET /api/v1/search/watches";

const fire: Found = {
  kind: "incident",
  id: "incident-cedar",
  title: "Cedar Creek Fire",
  status: "active",
  type: "wildfire",
  organization_id: "kern",
  incident_id: "incident-cedar",
  exercise: false,
  occurred_at: "2019-07-06T03:24:00Z",
  location: null,
  url: "/incidents/incident-cedar",
  subject: "incident/incident-cedar",
  highlights: {
    title: [{ text: "Cedar", match: true }, { text: " Creek Fire", match: false }],
    text: [{ text: "Brush fire below the ", match: false }, { text: "cedar", match: true }, { text: "s", match: false }],
  },
};
const quake: Found = {
  ...fire,
  kind: "hazard",
  id: "hazard-71",
  title: "M 7.1 - Cedar Flat",
  status: "Extreme",
  type: "earthquake",
  organization_id: null,
  url: "/hazards/hazard-71",
  highlights: { title: [{ text: "M 7.1 - Cedar Flat", match: false }], text: [] },
};

const answer = (items: Found[], changes: Partial<FoundPage> = {}): FoundPage => ({
  engine: "elasticsearch",
  degraded: false,
  degraded_because: null,
  tolerant: false,
  did_you_mean: null,
  total: items.length,
  facets: {
    kind: [{ value: "incident", count: 1 }, { value: "hazard", count: 1 }],
    status: [{ value: "active", count: 1 }],
    type: [{ value: "wildfire", count: 1 }],
    organization_id: [{ value: "kern", count: 1 }],
  },
  items,
  next: null,
  ...changes,
});

const cedars: Watch = {
  id: "watch-1",
  name: "Cedars",
  search: { q: "cedar", kind: [], status: [], type: [], organization_id: [], bbox: null, near: null, exercise: false },
  paused: false,
  unseen: 0,
  matched_at: null,
  created_at: "2019-07-06T03:30:00Z",
  version: 1,
};

const me = (...permissions: string[]): Routes => ({
  "GET /api/v1/me": commander({ permissions: ["incidents:read", ...permissions] }),
  "GET /api/v1/incidents/kinds": page([{ key: "wildfire", name: "Wildfire" }]),
  [WATCHES]: page([]),
  [SUGGESTIONS]: { engine: "postgresql", degraded: false, items: [] },
});
const seeker = me("search:read", "search:save");
const open = (at = "/search?q=cedar") => renderPage(<SearchPage />, { path: "/search", at });

test("what is found shows where it matches, whose it is and what state it is in", async () => {
  fakeApi({ ...seeker, [SEARCH]: answer([fire, quake]) });
  open();

  const row = await screen.findByRole("link", { name: /Cedar Creek Fire/ });
  expect(row).toHaveAttribute("href", "/incidents/incident-cedar");
  expect(within(row).getAllByText(/^cedar$/i, { selector: "mark" })).toHaveLength(2);
  expect(row).toHaveTextContent("Active");
  expect(await within(row).findByText("Wildfire")).toBeInTheDocument();
  expect(row).toHaveTextContent("Kern County Emergency Services");
  expect(screen.getByRole("link", { name: /Cedar Flat/ })).toHaveTextContent("Extreme");
  expect(screen.getByText("2 results")).toBeInTheDocument();
});

test("typing asks once it pauses, in this world, and keeps the words in the address", async () => {
  const { sent } = fakeApi({ ...seeker, [SEARCH]: answer([fire]) });
  const { user } = open("/search");

  expect(await screen.findByText("What are you looking for?")).toBeInTheDocument();
  await user.type(screen.getByRole("combobox", { name: "Search everything" }), "cedar");
  expect(await screen.findByRole("link", { name: /Cedar Creek Fire/ })).toBeInTheDocument();

  const asked = () => sent.filter(({ path }) => path === "/api/v1/search").at(-1)?.query;
  await waitFor(() => expect(asked()?.get("q")).toBe("cedar"));
  expect(asked()?.get("exercise")).toBe("false");
  expect(new URLSearchParams(location.search).get("q")).toBe("cedar");
});

test("every filter of the address is asked, and a chip shows what it would find", async () => {
  const { sent } = fakeApi({ ...seeker, [SEARCH]: answer([fire]) });
  const { user } = open("/search?q=cedar&status=active&organization=kern&near=-118.5,35.4,50&period=24h");

  const chip = await screen.findByRole("button", { name: /^Incidents/ });
  await waitFor(() => expect(chip).toHaveTextContent("1"));
  await user.click(chip);
  await waitFor(() => expect(new URLSearchParams(location.search).get("kind")).toBe("incident"));
  await waitFor(() => expect(sent.filter(({ path }) => path === "/api/v1/search").at(-1)?.query.getAll("kind")).toEqual(["incident"]));
  const query = sent.filter(({ path }) => path === "/api/v1/search").at(-1)?.query;
  expect(query?.getAll("status")).toEqual(["active"]);
  expect(query?.getAll("organization_id")).toEqual(["kern"]);
  expect(query?.get("near")).toBe("-118.5,35.4,50");
  expect(query?.get("since")).toMatch(/Z$/);

  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => expect(location.search).toBe("?q=cedar"));
});

test("more comes page by page after the last one", async () => {
  const { sent, routes } = fakeApi({ ...seeker, [SEARCH]: answer([fire], { next: "after-fire", total: 2 }) });
  const { user } = open();

  const more = await screen.findByRole("button", { name: "Load more" });
  routes[SEARCH] = answer([quake], { total: null, facets: null });
  await user.click(more);

  expect(await screen.findByRole("link", { name: /Cedar Flat/ })).toBeInTheDocument();
  expect(screen.getByRole("link", { name: /Cedar Creek Fire/ })).toBeInTheDocument();
  expect(sent.at(-1)?.query.get("cursor")).toBe("after-fire");
});

test("a misspelt word is forgiven, and the right one offered", async () => {
  fakeApi({ ...seeker, [SEARCH]: answer([fire], { tolerant: true, did_you_mean: "cedar" }) });
  const { user } = open("/search?q=ceder");

  await user.click(await screen.findByRole("button", { name: "Did you mean “cedar”?" }));
  await waitFor(() => expect(location.search).toBe("?q=cedar"));
  expect(screen.getByRole("combobox")).toHaveValue("cedar");
});

test("a suggestion of this world is opened by the keyboard", async () => {
  const suggestion = (id: string, title: string, exercise: boolean): Suggestion => ({
    kind: "incident", id, title, status: "active", exercise, url: `/incidents/${id}`, pieces: [{ text: title, match: false }],
  });
  fakeApi({
    ...seeker,
    [SEARCH]: answer([]),
    [SUGGESTIONS]: { engine: "postgresql", degraded: false, items: [suggestion("drill", "Cedar drill", true), suggestion("cedar", "Cedar Creek Fire", false)] },
  });
  const { user } = open("/search");

  await user.type(await screen.findByRole("combobox"), "ced");
  expect(await screen.findByRole("option", { name: /Cedar Creek Fire/ })).toBeInTheDocument();
  expect(screen.queryByRole("option", { name: /Cedar drill/ })).not.toBeInTheDocument();
  await user.keyboard("{ArrowDown}{Enter}");
  expect(await screen.findByTestId("address")).toHaveTextContent("/incidents/cedar");
});

test("while the database answers for the search engine, the page says so", async () => {
  fakeApi({ ...seeker, [SEARCH]: answer([fire], { engine: "postgresql", degraded: true, degraded_because: "unreachable" }) });
  open();

  expect(await screen.findByText(/The search engine does not answer/)).toBeInTheDocument();
});

test("nothing found says what to try; a refusal says its trace id; no permission says which", async () => {
  const { routes } = fakeApi({ ...seeker, [SEARCH]: answer([]) });
  const { unmount } = open();
  expect(await screen.findByText("Nothing found for “cedar”")).toBeInTheDocument();
  unmount();

  routes[SEARCH] = problem(500, "internal", "It broke");
  const second = open();
  expect(await screen.findByRole("alert")).toHaveTextContent("4bf92f3577b34da6a3ce929d0e0e4736");
  second.unmount();

  routes["GET /api/v1/me"] = commander({ permissions: [] });
  open();
  expect(await screen.findByText(/search:read/)).toBeInTheDocument();
});

test("a search is saved with its filters under a name", async () => {
  const { sent, routes } = fakeApi({ ...seeker, [SEARCH]: answer([fire]) });
  routes["POST /api/v1/search/watches"] = () => {
    routes[WATCHES] = page([{ ...cedars, search: { ...cedars.search, kind: ["incident"] } }]);
    return cedars;
  };
  const { user } = open("/search?q=cedar&kind=incident");

  await user.click(await screen.findByRole("button", { name: "Save this search" }));
  const name = screen.getByLabelText("Name");
  await user.clear(name);
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(screen.getByText("Give it a name.")).toBeInTheDocument();
  await user.type(name, "Cedars");
  await user.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText("Saved as “Cedars”")).toBeInTheDocument();
  expect(sent.find(({ method, path }) => method === "POST" && path.endsWith("/watches"))?.body).toEqual({
    name: "Cedars",
    paused: false,
    search: { ...cedars.search, kind: ["incident"] },
  });
});

test("opening what has news says that it was seen", async () => {
  const { sent, routes } = fakeApi({ ...seeker, [SEARCH]: answer([fire]), [WATCHES]: page([{ ...cedars, unseen: 2 }]) });
  routes["POST /api/v1/search/watches/:id/seen"] = () => {
    routes[WATCHES] = page([cedars]);
    return cedars;
  };
  const { user } = open("/search");

  const list = await screen.findByRole("list", { name: "Saved searches" });
  expect(within(list).getByText("2 new")).toBeInTheDocument();
  await user.click(within(list).getByRole("link", { name: /Cedars/ }));

  expect(await screen.findByText("Saved as “Cedars”")).toBeInTheDocument();
  await waitFor(() => expect(sent.some(({ path }) => path === "/api/v1/search/watches/watch-1/seen")).toBe(true));
  expect(new URLSearchParams(location.search).get("order")).toBe("newest");
});

test("a saved search is paused and deleted, each with a way back; of the exercise nothing shows here", async () => {
  const drill: Watch = { ...cedars, id: "watch-2", name: "Drill", search: { ...cedars.search, exercise: true } };
  const { sent, routes } = fakeApi({ ...seeker, [WATCHES]: page([cedars, drill]) });
  routes["PATCH /api/v1/search/watches/:id"] = () => {
    const paused = { ...cedars, paused: true, version: 2 };
    routes[WATCHES] = page([paused]);
    return paused;
  };
  routes["DELETE /api/v1/search/watches/:id"] = () => {
    routes[WATCHES] = page([]);
    return undefined;
  };
  routes["POST /api/v1/search/watches"] = () => {
    routes[WATCHES] = page([cedars]);
    return cedars;
  };
  const { user } = open("/search");

  const change = await screen.findByRole("button", { name: "Change “Cedars”" });
  expect(screen.queryByText("Drill")).not.toBeInTheDocument();
  await user.click(change);
  await user.click(await screen.findByRole("menuitem", { name: "Pause" }));
  expect(await screen.findByText("Paused")).toBeInTheDocument();
  const patch = sent.find(({ method }) => method === "PATCH");
  expect(patch?.body).toEqual({ paused: true });
  expect(patch?.headers.get("If-Match")).toBe('"1"');

  await user.click(await screen.findByRole("button", { name: "Change “Cedars”" }));
  await user.click(await screen.findByRole("menuitem", { name: "Delete" }));
  expect(await screen.findByText(/None yet/)).toBeInTheDocument();
  const undo = screen.getAllByRole("button", { name: "Undo" }).at(-1);
  if (undo) await user.click(undo);
  expect(await screen.findByRole("link", { name: /Cedars/ })).toBeInTheDocument();
});
