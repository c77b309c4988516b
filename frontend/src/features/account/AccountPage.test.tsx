import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SignInSession } from "@/api/types";
import { fakeApi, page, problem, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import { unitsStore } from "@/lib/units";
import AccountPage from "./AccountPage";
import { device } from "./device";

const session = (id: string, userAgent: string, current: boolean): SignInSession => ({
  id, created_at: "2019-07-06T00:00:00Z", last_used_at: "2019-07-06T03:00:00Z", expires_at: "2999-01-01T00:00:00Z", address: "10.1.4.22", user_agent: userAgent, current,
});
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";

const routes = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander(),
  "GET /api/v1/me/sessions": page([session("s-1", FIREFOX, true), session("s-2", IPHONE, false)]),
  "GET /api/v1/notifications/me/contact-points": { items: [] },
  ...changes,
});

const show = (): ReturnType<typeof renderPage> => renderPage(<AccountPage passwordForm={null} />, { path: "/account" });

test("a second factor is set up by scanning or typing the secret, and proved with a code", async () => {
  const { sent, routes: known } = fakeApi(
    routes({
      "POST /api/v1/me/totp": { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/Muster:amara?secret=JBSWY3DPEHPK3PXP" },
      "POST /api/v1/me/totp/confirm": problem(422, "invalid-input", "The code was not accepted", [{ pointer: "/code", detail: "is not the code shown now" }]),
    }),
  );
  const { user } = show();

  await user.click(await screen.findByRole("button", { name: "Set up an authenticator app" }));
  expect(await screen.findByRole("img", { name: /Enrolment code/ })).toBeInTheDocument();
  expect(screen.getByText("JBSW Y3DP EHPK 3PXP")).toBeInTheDocument();
  await user.type(screen.getByLabelText("Code"), "111111");
  await user.click(screen.getByRole("button", { name: "Turn the second factor on" }));
  expect(await screen.findByText("is not the code shown now")).toBeInTheDocument();

  known["POST /api/v1/me/totp/confirm"] = undefined;
  known["GET /api/v1/me"] = commander({ totp_enabled: true });
  await user.clear(screen.getByLabelText("Code"));
  await user.type(screen.getByLabelText("Code"), "123 456");
  await user.click(screen.getByRole("button", { name: "Turn the second factor on" }));

  expect(await screen.findByText(/^On\. Signing in asks/)).toBeInTheDocument();
  expect(sent.findLast((s) => s.path.endsWith("/confirm"))?.body).toEqual({ code: "123456" });
}, 20_000);

test("a session on another device can be ended, this one is marked", async () => {
  const { sent } = fakeApi(routes({ "DELETE /api/v1/me/sessions/:id": undefined }));
  const { user } = show();

  expect(await screen.findByText("This one")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Sign out iPhone · Safari" }));

  await waitFor(() => expect(sent.some((s) => s.method === "DELETE" && s.path === "/api/v1/me/sessions/s-2")).toBe(true));
});

test("units preferred on this device go before the organization's", async () => {
  fakeApi(routes());
  const { user } = show();

  await user.selectOptions(await screen.findByLabelText("Units"), "metric");

  expect(unitsStore.getState().preferred).toBe("metric");
});

test("one's own name is changed and shown", async () => {
  const { sent } = fakeApi(routes({ "PATCH /api/v1/me": commander({ name: "Amara N. Okafor" }) }));
  const { user } = show();

  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Amara N. Okafor");
  await user.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(sent.find((s) => s.method === "PATCH")?.body).toEqual({ name: "Amara N. Okafor" }));
});

test("a device is named by its system and its browser", () => {
  expect(device(IPHONE)).toBe("iPhone · Safari");
  expect(device(FIREFOX)).toBe("Linux · Firefox");
  expect(device("")).toBeNull();
});
