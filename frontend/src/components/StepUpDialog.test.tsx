import { useMutation } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import { useState, type ReactNode } from "react";
import { expect, test } from "vitest";
import { answer, api } from "@/api/client";
import { Problem } from "@/api/problem";
import { forget, sessionStore } from "@/auth/session";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Failed, FormProblem } from "@/components/ui/states";
import { fakeApi, problem, type Routes, type Sent } from "@/testing/fake-api";
import { commander } from "@/testing/people";
import { renderPage } from "@/testing/render";

const SIGN_OUT = "POST /api/v1/auth/sign-out-everywhere";
const required = (): Response => problem(403, "step-up-required", "This needs a second factor proven within the last 5 min.");
const wrong = (): Response => problem(422, "invalid-input", "No.", [{ pointer: "/code", detail: "is not the present code" }]);

/** The guarded act, which passes with the token of a step-up only, and the way to get one. */
const guarded = (changes: Routes = {}): Routes => ({
  "GET /api/v1/me": commander({ totp_enabled: true }),
  [SIGN_OUT]: ({ headers }: Sent) => (headers.get("Authorization") === "Bearer proven" ? undefined : required()),
  "POST /api/v1/auth/step-up": ({ body }: Sent) =>
    (body as { code: string }).code === "123456" ? { access_token: "proven", token_type: "bearer", expires_in: 600, scope: "" } : wrong(),
  ...changes,
});

/** Any screen with an act that asks for a step-up. */
function Act({ name = "Approve" }: { name?: string }): ReactNode {
  const act = useMutation({ mutationFn: () => answer(api.POST("/api/v1/auth/sign-out-everywhere")) });
  return (
    <>
      <Button onClick={() => act.mutate()}>{name}</Button>
      {act.isSuccess ? <p>{name}: done</p> : null}
      <FormProblem error={act.error} />
    </>
  );
}

const acts = (sent: Sent[]): Sent[] => sent.filter((s) => `${s.method} ${s.path}` === SIGN_OUT);
const question = (): Promise<HTMLElement> => screen.findByRole("dialog", { name: "Confirm that it is you" });

test("the code is asked for, by keyboard alone, and the same request goes out again", async () => {
  const { sent } = fakeApi(guarded());
  const { user } = renderPage(<Act />);

  await user.tab();
  await user.keyboard("{Enter}");
  const field = await screen.findByLabelText("Code");
  expect(field).toHaveFocus();
  expect(field).toHaveAttribute("autocomplete", "one-time-code");
  expect(field).toHaveAttribute("inputmode", "numeric");
  expect(await question()).toHaveAccessibleDescription(/second factor/);
  await user.keyboard("123 456{Enter}");

  expect(await screen.findByText("Approve: done")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  const [first, second, ...more] = acts(sent);
  expect(more).toEqual([]);
  expect(first?.headers.get("Idempotency-Key")).toMatch(/^[0-9a-f]{32}$/);
  expect(second?.headers.get("Idempotency-Key")).toBe(first?.headers.get("Idempotency-Key"));
  expect(second?.headers.get("Authorization")).toBe("Bearer proven");
  expect(sessionStore.getState().token).toBe("proven");

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await waitFor(() => expect(acts(sent)).toHaveLength(3));
  expect(acts(sent)[2]?.headers.get("Idempotency-Key")).not.toBe(first?.headers.get("Idempotency-Key"));
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a wrong code is said at the field and is selected, to be typed over", async () => {
  const { sent } = fakeApi(guarded());
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await user.type(await screen.findByLabelText("Code"), "12345{Enter}");
  expect(screen.getByLabelText("Code")).toHaveAccessibleDescription(/Type the six digits/);
  expect(sent.some((s) => s.path.endsWith("/step-up"))).toBe(false);
  await user.keyboard("9{Enter}");
  await waitFor(() => expect(screen.getByLabelText("Code")).toHaveAccessibleDescription(/not right, or was used already/));
  expect(screen.getByLabelText("Code")).toBeInvalid();
  expect(screen.getByLabelText("Code")).toHaveFocus();
  await user.keyboard("123456{Enter}");

  expect(await screen.findByText("Approve: done")).toBeInTheDocument();
});

test.each(["Escape", "Cancel"])("%s leaves the first refusal, and nothing is sent again", async (way) => {
  const { sent } = fakeApi(guarded());
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await question();
  if (way === "Escape") await user.keyboard("{Escape}");
  else await user.click(screen.getByRole("button", { name: "Cancel" }));

  expect(await screen.findByText("This needs a second factor proven within the last 5 min.")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(acts(sent)).toHaveLength(1);
  expect(sent.some((s) => s.path.endsWith("/step-up"))).toBe(false);
});

test("two calls that wait are asked about once", async () => {
  const { sent } = fakeApi(guarded());
  function Both(): ReactNode {
    const act = useMutation({
      mutationFn: () => Promise.all([1, 2].map(() => answer(api.POST("/api/v1/auth/sign-out-everywhere")))),
    });
    return <Button onClick={() => act.mutate()}>{act.isSuccess ? "Both done" : "Both"}</Button>;
  }
  const { user } = renderPage(<Both />);

  await user.click(screen.getByRole("button", { name: "Both" }));
  await user.type(await screen.findByLabelText("Code"), "123456{Enter}");

  expect(await screen.findByRole("button", { name: "Both done" })).toBeInTheDocument();
  expect(sent.filter((s) => s.path.endsWith("/step-up"))).toHaveLength(1);
  expect(acts(sent)).toHaveLength(4);
});

test("the dialog in which somebody approves stays open behind the question", async () => {
  fakeApi(guarded());
  function Review(): ReactNode {
    const [open, setOpen] = useState(true);
    return <Dialog open={open} onOpenChange={setOpen} title="Review"><Act /></Dialog>;
  }
  const { user } = renderPage(<Review />);

  await user.click(await screen.findByRole("button", { name: "Approve" }));
  await question();
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("dialog", { name: "Review" })).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("button", { name: "Approve" })).toHaveFocus());
  await user.keyboard("{Enter}");
  await user.type(await screen.findByLabelText("Code"), "123456{Enter}");

  expect(await screen.findByText("Approve: done")).toBeInTheDocument();
  expect(screen.getByRole("dialog", { name: "Review" })).toBeInTheDocument();
});

test("an account without a second factor is led to where it is set up, and goes on with its next code", async () => {
  const { routes } = fakeApi(
    guarded({
      "GET /api/v1/me": commander({ totp_enabled: false }),
      "POST /api/v1/auth/step-up": problem(409, "second-factor-missing", "This account has no second factor yet."),
    }),
  );
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  const link = await screen.findByRole("link", { name: "Set it up in a new tab" });
  expect(link).toHaveAttribute("href", "/account");
  expect(link).toHaveAttribute("target", "_blank");
  await user.type(screen.getByLabelText("Code"), "123456{Enter}");
  expect(await screen.findByText("This account has no second factor yet.")).toBeInTheDocument();

  Object.assign(routes, guarded());
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Approve: done")).toBeInTheDocument();
});

test("too many wrong codes say when to go on, and a missing answer is no wrong code", async () => {
  const { routes } = fakeApi(guarded({ "POST /api/v1/auth/step-up": problem(429, "too-many-attempts", "There were too many wrong attempts. Go on in 15 min.") }));
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await user.type(await screen.findByLabelText("Code"), "123456{Enter}");
  await waitFor(() => expect(screen.getByLabelText("Code")).toHaveAccessibleDescription(/Go on in 15 min/));
  routes["POST /api/v1/auth/step-up"] = problem(503, "unavailable", "Come again.");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Come again.")).toBeInTheDocument();
  expect(screen.getByLabelText("Code")).toBeValid();
});

test("a server that asks again after a right code is believed: no loop", async () => {
  const { sent } = fakeApi(guarded({ [SIGN_OUT]: required() }));
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await user.type(await screen.findByLabelText("Code"), "123456{Enter}");

  expect(await screen.findByRole("alert")).toHaveTextContent(/proven within the last 5 min/);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(acts(sent)).toHaveLength(2);
});

test("signing out takes the question away", async () => {
  fakeApi(guarded());
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));
  await question();
  forget();

  await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
});

test("another refusal asks nothing", async () => {
  fakeApi(guarded({ [SIGN_OUT]: problem(403, "forbidden", "This needs the permission alerts:approve.") }));
  const { user } = renderPage(<Act />);

  await user.click(screen.getByRole("button", { name: "Approve" }));

  expect(await screen.findByText("This needs the permission alerts:approve.")).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a page that was refused for want of a second factor does not speak of a missing permission", () => {
  renderPage(<Failed error={new Problem(403, "step-up-required", "Confirm that it is you", "This needs a second factor.")} />);

  expect(screen.getByRole("alert")).toHaveTextContent("Confirm that it is youThis needs a second factor.");
  expect(screen.queryByText(/permission/)).not.toBeInTheDocument();
});
