import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ContactPoint } from "@/api/types";
import { fakeApi, problem, type Routes } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";
import { ContactPoints } from "./ContactPoints";

const POINTS = "GET /api/v1/notifications/me/contact-points";
const GIVE = "POST /api/v1/notifications/me/contact-points";
const CONFIRM = "POST /api/v1/notifications/me/contact-points/confirm";

const phone = (changes: Partial<ContactPoint> = {}): ContactPoint => ({ id: "point-1", channel: "sms", masked: "+1•••••0123", confirmed: false, ...changes });
const routes = (changes: Routes = {}): Routes => ({ "GET /api/v1/me": commander(), [POINTS]: { items: [] }, ...changes });

test("an address is given, and counts once its code is entered", async () => {
  const { sent, routes: known } = fakeApi(routes({ [GIVE]: phone(), [CONFIRM]: problem(409, "code-refused", "This code is wrong or older than 15 minutes.") }));
  const { user } = renderPage(<ContactPoints />);

  expect(await screen.findByText(/No warning reaches you yet/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Add" }));
  const dialog = await screen.findByRole("dialog");
  await user.type(within(dialog).getByLabelText("Phone number"), "+1 661 555 0123");
  known[POINTS] = { items: [phone()] };
  await user.click(within(dialog).getByRole("button", { name: "Send a code" }));

  expect(await screen.findByText("Waits for its code")).toBeInTheDocument();
  expect(sent.find(({ method }) => method === "POST")?.body).toEqual({ channel: "sms", address: "+1 661 555 0123", language: "en" });

  const code = screen.getByLabelText("Code that was sent to you");
  await user.type(code, "111111{Enter}");
  await waitFor(() => expect(code).toHaveAccessibleDescription(/wrong or older than 15 minutes/));
  known[CONFIRM] = undefined;
  known[POINTS] = { items: [phone({ confirmed: true })] };
  await user.clear(code);
  await user.type(code, "123 456{Enter}");

  expect(await screen.findByText("Confirmed")).toBeInTheDocument();
  expect(sent.findLast(({ path }) => path.endsWith("/confirm"))?.body).toEqual({ code: "123456" });
  expect(screen.queryByLabelText("Code that was sent to you")).not.toBeInTheDocument();
}, 20_000);

test("what is wrong with an address stands at its field", async () => {
  fakeApi(routes({ [GIVE]: problem(422, "invalid-input", "The address is no telephone number.", [{ pointer: "/address", detail: "The address is no telephone number." }]) }));
  const { user } = renderPage(<ContactPoints />);

  await user.click(await screen.findByRole("button", { name: "Add" }));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByRole("button", { name: "Send a code" }));
  expect(within(dialog).getByLabelText("Phone number")).toHaveAccessibleDescription(/Write where you are to be reached/);
  await user.type(within(dialog).getByLabelText("Phone number"), "12");
  await user.click(within(dialog).getByRole("button", { name: "Send a code" }));
  await waitFor(() => expect(within(dialog).getByLabelText("Phone number")).toHaveAccessibleDescription(/is no telephone number/));
});

test("an address is taken back after a question", async () => {
  const { sent } = fakeApi(routes({ [POINTS]: { items: [phone({ confirmed: true })] }, "DELETE /api/v1/notifications/me/contact-points/:id": undefined }));
  const { user } = renderPage(<ContactPoints />);

  await user.click(await screen.findByRole("button", { name: "Remove +1•••••0123" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove" }));

  await waitFor(() => expect(sent.some(({ method, path }) => method === "DELETE" && path.endsWith("/point-1"))).toBe(true));
});
