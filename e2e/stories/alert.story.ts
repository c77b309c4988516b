/**
 * A warning from the first word to every telephone: drafted by one person, approved by another, sent on every channel to
 * who is inside and to nobody else, then updated and cancelled for the same people. The providers are local and true to
 * their protocols; their own records are believed, not ours.
 */
import type { Page } from "playwright-core";
import { afterAll, expect, inject, test } from "vitest";
import { enrolTotp, type Authenticator } from "../support/authenticator.ts";
import { closeBrowser, person, token } from "../support/people.ts";
import { turn, type Taken } from "../support/received.ts";
import { bySince, importList, line, subscribeByPage, type Addresses, type Place } from "../support/town.ts";

afterAll(closeBrowser);

const AUTHOR = "public-information-officer";
const APPROVER = "incident-commander";
const DELIVERED_MS = 60_000;

const FIRST = { headline: "Leave Cedar Creek now", short: "Wildfire at Cedar Creek. Leave now by Highway 178 west." };
const THEN = { headline: "Cedar Creek: the west road is closed", short: "Highway 178 west is closed. Leave Cedar Creek by the east road." };
const LAST = { headline: "Cedar Creek is safe again", short: "The fire at Cedar Creek is out. You can go home." };
type Said = typeof FIRST;

interface Stored {
  id: string;
  status: string;
  content: { areas: { geometry: { coordinates: [number, number][][] } | null }[] };
}

async function stored(id: string, bearer: string): Promise<Stored> {
  const answer = await fetch(`${inject("address")}/api/v1/alerts/${id}`, { headers: { authorization: `Bearer ${bearer}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Stored;
}

const idOf = (page: Page): string => /\/alerts\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
const saved = (page: Page): Promise<void> => page.getByRole("status").filter({ hasText: /^Saved$/ }).waitFor();

/** Draw a quadrilateral around the middle of the map, closing it with a click on its first corner. */
async function drawAround(page: Page): Promise<void> {
  const map = await page.getByRole("region", { name: /map/i }).first().boundingBox();
  if (!map) throw new Error("no map to draw on");
  const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];
  await page.getByRole("button", { name: "Draw polygon" }).click();
  const corners = [[-50, -40], [50, -40], [50, 40], [-50, 40]] as const;
  for (const [count, [dx, dy]] of corners.entries()) {
    await page.mouse.move(x + dx, y + dy, { steps: 3 });
    await page.mouse.click(x + dx, y + dy);
    await page.getByRole("status").filter({ hasText: new RegExp(`^${count + 1} corners?\\.`) }).waitFor();
  }
  await page.mouse.click(x - 50, y - 40);
  await page.getByLabel("Name of the area").fill("Cedar Creek");
}

async function write(page: Page, { headline, short }: Said): Promise<void> {
  await page.getByLabel("Headline").fill(headline);
  await page.getByLabel("Short text").fill(short);
}

async function submit(page: Page): Promise<void> {
  await saved(page);
  await page.getByRole("button", { name: "Submit for review" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Submit for review" }).click();
  await page.waitForURL(/\/review$/);
}

/** Do what asks for a second factor, answering where it is asked for; gives whether it was. */
async function proven(page: Page, app: Authenticator, done: () => Promise<void>): Promise<boolean> {
  const question = page.getByRole("dialog", { name: "Confirm that it is you" });
  const finished = done().then(() => false);
  const asked = await Promise.race([question.waitFor().then(() => true), finished]);
  if (asked) {
    await question.getByLabel("Code").fill(await app.code());
    await question.getByRole("button", { name: "Confirm" }).click();
    await finished;
  }
  return asked;
}

/** Approve and publish on the screen of somebody who wrote none of it; gives whether the second factor was asked for. */
async function approveAndPublish(page: Page, id: string, app: Authenticator): Promise<boolean> {
  await page.goto(`/alerts/${id}/review`);
  await page.getByRole("button", { name: "Approve" }).click();
  const asked = await proven(page, app, () => page.getByRole("button", { name: "Publish" }).waitFor());
  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog", { name: /^Publish this/ });
  await dialog.getByLabel(/^Type PUBLISH/).fill("publish");
  await dialog.getByRole("button", { name: "Publish to the public" }).click();
  await proven(page, app, () => page.waitForURL(new RegExp(`/alerts/${id}$`)));
  return asked;
}

/** The words that reached somebody, wherever the protocol carries them. */
const wordsOf = ({ text, more }: Taken): string => [text, more["title"], more["body"]].map((part) => String(part ?? "")).join("\n");
/** What is read first: a title or a subject where there is one. */
const firstWordsOf = ({ provider, text, more }: Taken): string =>
  provider === "hook" ? (JSON.parse(text) as { subject: string }).subject : provider === "push" ? String(more["title"]) : text;
const isSaid = (one: Taken, { headline, short }: Said): boolean => [headline, short].some((words) => wordsOf(one).includes(words));
/** Which of ours a message was. */
const kindOf = (one: Taken): string => [FIRST, THEN, LAST].findIndex((each) => isSaid(one, each)).toString();

test("a warning reaches everybody inside on every channel, and its update and its end follow in order", async () => {
  // Both are signed in by password alone; what asks for the second factor has to say so.
  const author = await person(AUTHOR);
  const approver = await person(APPROVER);
  const bearer = await token(AUTHOR);
  const [authorsApp, approversApp] = await Promise.all([enrolTotp(AUTHOR), enrolTotp(APPROVER)]);
  try {
    // Drafted from a template, in the composer.
    await author.goto("/alerts/new");
    await author.getByRole("radio", { name: /Evacuation for wildfire/ }).check();
    await author.getByLabel("Where").fill("Cedar Creek");
    await author.getByLabel("Way out").fill("Highway 178 west");
    await author.getByRole("button", { name: "Begin draft" }).click();
    await author.waitForURL(/\/edit/);
    await write(author, FIRST);
    await author.getByRole("tab", { name: /^Area/ }).click();
    await drawAround(author);
    await submit(author);
    const first = idOf(author);

    // Whoever submitted it is refused: the screen says why, and so does the API to whoever does not look at it.
    await author.getByRole("note").filter({ hasText: "You submitted this alert, so somebody else has to approve it." }).waitFor();
    expect(await author.getByRole("button", { name: "Approve" }).count()).toBe(0);
    const refused = await fetch(`${inject("address")}/api/v1/alerts/${first}/approve`, {
      method: "POST",
      headers: { authorization: `Bearer ${await token(AUTHOR, await authorsApp.code())}`, "content-type": "application/json" },
      body: "{}",
    });
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect([refused.status, await refused.json()]).toMatchObject([403, { detail: `You submitted '${FIRST.headline}'. Somebody else has to approve it.` }]);

    // People of the town, in what was drawn and far from it.
    const { content } = await stored(first, bearer);
    const ring = content.areas[0]?.geometry?.coordinates[0] ?? [];
    expect(ring).toHaveLength(5);
    const [inside, outside] = placesFor(ring);
    const living = await subscribeByPage(inside, "+17603750101", "ana@cedarcreek.example.org");
    const away = await subscribeByPage(outside, "+17603750102", "bo@faraway.example.org");
    const listed = { phones: phones(200, 12), email: "school@cedarcreek.example.org", hook: "/cedar-creek" };
    const elsewhere = { phones: phones(300, 6), email: "school@faraway.example.org", hook: "/far-away" };
    await importList("Story partners", [
      ...listed.phones.map((phone) => line(inside, { phone })),
      line(inside, { email: listed.email, hook: listed.hook }),
      ...elsewhere.phones.map((phone) => line(outside, { phone })),
      line(outside, { email: elsewhere.email, hook: elsewhere.hook }),
    ]);
    const warned = [living.phone, living.email, living.push, ...listed.phones, listed.email, listed.hook];
    const others = [away.phone, away.email, away.push, ...elsewhere.phones, elsewhere.email, elsewhere.hook];

    // Approved by somebody else, with a second factor, and published.
    const began = Date.now() / 1000;
    expect(await approveAndPublish(approver, first, approversApp)).toBe(true);
    await reached(began, warned, [FIRST]);

    // An Update by one click; Twilio is ill now, and SNS carries it to the same telephones.
    await turn("twilio", { error_rate: 1 });
    const second = await follow(author, first, "Update", THEN);
    await approveAndPublish(approver, second, approversApp);
    await reached(began, warned, [FIRST, THEN]);
    await turn("twilio", { error_rate: 0 });

    // A Cancel by one click.
    const third = await follow(author, second, "Cancel alert", LAST);
    await approveAndPublish(approver, third, approversApp);
    await reached(began, warned, [FIRST, THEN, LAST]);

    const found = await bySince(began);
    for (const to of others) expect(found.get(to), to).toBeUndefined();
    expect([...found.keys()].sort()).toEqual([...warned].sort());
    for (const to of warned) {
      const got = found.get(to) ?? [];
      expect(got.map(kindOf), to).toEqual(["0", "1", "2"]);
      // What changes something says so before anything else.
      expect(got.map((one) => /^(Update|Cancelled): /.exec(firstWordsOf(one))?.[1]), to).toEqual([undefined, "Update", "Cancelled"]);
    }
    const ways = new Set([...found.values()].flat().map(({ provider }) => provider));
    expect([...ways].sort()).toEqual(["hook", "mail", "push", "sns", "twilio"]);
    expect(providersOf(found, living, THEN)).toEqual({ phone: "sns", email: "mail", push: "push" });
    expect([(await stored(first, bearer)).status, (await stored(second, bearer)).status]).toEqual(["updated", "cancelled"]);
    expect([...author.errors, ...approver.errors]).toEqual([]);
  } finally {
    await turn("twilio", { error_rate: 0 });
    await authorsApp.remove();
    await approversApp.remove();
  }
}, 400_000);

test("a circle takes two clicks, a corner is taken back by a key, and an area that was removed comes back", async () => {
  const begun = await fetch(`${inject("address")}/api/v1/alerts`, {
    method: "POST",
    headers: { authorization: `Bearer ${await token(AUTHOR)}`, "content-type": "application/json" },
    body: "{}",
  });
  const { id } = (await begun.json()) as { id: string };
  const page = await person(AUTHOR);
  await page.goto(`/alerts/${id}/edit?part=area`);
  const help = page.getByRole("status").filter({ hasText: /click|corner/i });
  const places = page.getByLabel("Name of the area");
  const map = await page.getByRole("region", { name: /map/i }).first().boundingBox();
  if (!map) throw new Error("no map to draw on");
  const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];

  await page.getByRole("button", { name: "Draw circle" }).click();
  await page.mouse.click(x, y);
  await help.filter({ hasText: "Click the edge." }).waitFor();
  await page.mouse.move(x + 30, y, { steps: 3 });
  await page.mouse.click(x + 60, y);
  await page.getByText(/^circle of [\d.]+ km around/).waitFor();
  expect(await places.count()).toBe(1);

  await page.getByRole("button", { name: /^Remove/ }).click();
  await places.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/^circle of [\d.]+ km around/).waitFor();

  await page.getByRole("button", { name: "Draw polygon" }).click();
  await page.mouse.click(x - 80, y - 40);
  await help.filter({ hasText: /^1 corner\./ }).waitFor();
  await page.mouse.click(x - 40, y - 40);
  await help.filter({ hasText: /^2 corners\./ }).waitFor();
  await page.keyboard.press("Backspace");
  await help.filter({ hasText: /^1 corner\./ }).waitFor();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  expect(await places.count()).toBe(1);
  expect(page.errors).toEqual([]);
  await page.context().close();
});

const phones = (from: number, count: number): string[] => Array.from({ length: count }, (_, number) => `+17603750${from + number}`);

/** The middle of a ring, and a place two degrees north of it. */
function placesFor(ring: readonly [number, number][]): [Place, Place] {
  const corners = ring.slice(0, -1);
  const middle = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + (corner[axis as 0 | 1] ?? 0), 0) / corners.length) as [number, number];
  return [middle, [middle[0], middle[1] + 2]];
}

/** Draft what follows by its one button, change the words, and hand it over. */
async function follow(page: Page, id: string, button: "Update" | "Cancel alert", words: Said): Promise<string> {
  await page.goto(`/alerts/${id}`);
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForURL((url) => url.pathname.endsWith("/edit") && !url.pathname.includes(id));
  await write(page, words);
  await submit(page);
  return idOf(page);
}

/** Wait until every address has every message. */
async function reached(since: number, addresses: readonly string[], messages: readonly Said[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const found = await bySince(since);
        return addresses.filter((to) => !messages.every((each) => (found.get(to) ?? []).some((one) => isSaid(one, each))));
      },
      { timeout: DELIVERED_MS, interval: 250 },
    )
    .toEqual([]);
}

/** By which provider each of somebody's addresses got a message. */
function providersOf(found: ReadonlyMap<string, Taken[]>, who: Omit<Addresses, "hook">, words: Said): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(who).map(([channel, to]) => [channel, (found.get(to) ?? []).find((one) => isSaid(one, words))?.provider]));
}
