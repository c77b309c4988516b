import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ImportedAlert } from "@/api/types";
import { officer } from "@/testing/alerts";
import { fakeApi, noConnection, problem, type Routes } from "@/testing/fake-api";
import { onlooker } from "@/testing/people";
import { renderPage } from "@/testing/render";
import ImportPage from "./ImportPage";

const IMPORT = "POST /api/v1/alerts/import";
const XML = "<alert>…</alert>";
const file = (text = XML, name = "flood.xml"): File => new File([text], name, { type: "application/xml" });

const imported = (changes: Partial<ImportedAlert> = {}): ImportedAlert => ({
  id: "received-1", thread_id: "thread-1", identifier: "A-1", sender: "nws@example.org", headline: "River flood near Stockton", exercise: false, repeated: false,
  cap_version: "1.2", signature: "none", signature_detail: null, tolerated: [], findings: [], how: "first", why: "Nothing like it was here.", ...changes,
});

const open = (routes: Routes = {}) => {
  const api = fakeApi({ "GET /api/v1/me": officer(), [IMPORT]: { items: [imported()] }, ...routes });
  return { ...api, ...renderPage(<ImportPage />, { path: "/alerts/import", at: "/alerts/import" }) };
};

test("a chosen file goes out byte for byte, and leads to the thread it became part of", async () => {
  const { user, sent } = open();

  await user.click(await screen.findByRole("button", { name: "Import" }));
  expect(screen.getByText("Choose a file first.")).toBeInTheDocument();
  expect(sent.some((one) => one.method === "POST" && one.path.endsWith("/import"))).toBe(false);
  await user.upload(screen.getByLabelText("Choose a file"), file());
  expect(screen.getByText("flood.xml")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Import" }));

  const region = await screen.findByRole("region", { name: "River flood near Stockton" });
  expect(within(region).getByRole("link", { name: "Open its thread" })).toHaveAttribute("href", "/alerts/received/thread-1?alert=received-1");
  expect(within(region).getByText("Unsigned")).toBeInTheDocument();
  const asked = sent.find((one) => one.path === "/api/v1/alerts/import");
  expect([asked?.body, asked?.headers.get("Content-Type"), asked?.query.get("exercise")]).toEqual([XML, "application/cap+xml", "false"]);
  // The same file is not sent twice by accident.
  expect(screen.getByRole("button", { name: "Import" })).toBeDisabled();
});

test("what was tolerated, what a profile finds and a broken signature are said of each alert", async () => {
  const broken = imported({
    signature: "broken", signature_detail: "The digest does not match.", repeated: true,
    tolerated: [{ code: "z-offset", where: "sent", text: "Z as offset" }],
    findings: [{ profile: "ipaws", code: "ipaws.same", level: "rule", where: "info[1]", text: "needs one SAME event code" }, { profile: "ipaws", code: "ipaws.advice", level: "advice", where: "", text: "a shorter text" }],
  });
  const { user } = open({ [IMPORT]: { items: [broken, imported({ id: "received-2", headline: "Second alert", signature: "verified" })] } });

  await user.upload(await screen.findByLabelText("Choose a file"), file());
  await user.click(screen.getByRole("button", { name: "Import" }));

  expect(await screen.findByRole("heading", { name: "Imported 2 alerts from flood.xml" })).toBeInTheDocument();
  const region = screen.getByRole("region", { name: "River flood near Stockton" });
  expect(within(region).getByRole("alert")).toHaveTextContent("The signature does not fit the document");
  for (const words of ["Broken signature", "The digest does not match.", "Was here already", "Z as offset", "ipaws · Breaks a rule", "ipaws · Advice"]) expect(within(region).getByText(words)).toBeInTheDocument();
  const second = screen.getByRole("region", { name: "Second alert" });
  expect(within(second).queryByRole("alert")).not.toBeInTheDocument();
  expect(within(second).getByText("Verified")).toBeInTheDocument();
});

test("a refused document says line by line why, and the next one is asked for anew", async () => {
  const { user, routes } = open({
    [IMPORT]: problem(422, "cap-invalid", "line 2: severity: no such word", [
      { pointer: "/alert/info[1]/severity", detail: "line 2: “Awful” is none of Extreme, Severe" },
      { pointer: "", detail: "the document has no sender" },
    ]),
  });

  await user.upload(await screen.findByLabelText("Choose a file"), file("<alert/>", "bad.xml"));
  await user.click(screen.getByRole("button", { name: "Import" }));

  const table = within(await screen.findByRole("region", { name: "What is wrong in bad.xml" })).getByRole("table");
  const rows = within(table).getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell").map((cell) => cell.textContent));
  expect(rows).toEqual([["2", "“Awful” is none of Extreme, Severe", "alert/info[1]/severity"], ["–", "the document has no sender", "–"]]);
  expect(screen.getByText("Nothing was imported")).toBeInTheDocument();

  routes[IMPORT] = { items: [imported()] };
  await user.upload(screen.getByLabelText("Choose a file"), file());
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByRole("region", { name: "River flood near Stockton" })).toBeInTheDocument();
});

test("a dropped file is taken, one that is too large is not, and without an answer it stays chosen", async () => {
  const { user, sent } = open({ [IMPORT]: noConnection });
  const zone = (await screen.findByText("Drop a file here, or choose one.")).parentElement ?? expect.fail("no zone");

  const large = file();
  Object.defineProperty(large, "size", { value: 10_000_001 });
  fireEvent.drop(zone, { dataTransfer: { files: [large] } });
  expect(screen.getByText(/larger than 10 MB/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(sent.some((one) => one.path.endsWith("/import"))).toBe(false);

  fireEvent.drop(zone, { dataTransfer: { files: [file(XML, "dropped.xml")] } });
  expect(screen.queryByText(/larger than 10 MB/)).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByRole("alert")).toBeInTheDocument();
  expect(screen.getByText("dropped.xml")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Import" })).toBeEnabled();
});

test("whoever may not draft alerts is told which permission is missing", async () => {
  open({ "GET /api/v1/me": onlooker() });
  expect(await screen.findByText(/needs the permission alerts:draft/)).toBeInTheDocument();
});
