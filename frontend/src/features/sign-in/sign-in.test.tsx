import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { forget, sessionStore } from "@/auth/session";
import { fakeApi, problem, type Sent } from "@/testing/fake-api";
import { renderRoutes } from "@/testing/render";
import { SignInPage } from "./SignInPage";

beforeEach(forget);

const show = () => renderRoutes([{ path: "/", element: <SignInPage /> }], "/");

test("a wrong password is said at the field, and the name stays", async () => {
  fakeApi({ "POST /api/v1/auth/token": problem(401, "invalid-credentials", "No.") });
  const { user } = show();

  await user.type(screen.getByLabelText("User name"), "dispatcher");
  await user.type(screen.getByLabelText("Password"), "wrong{Enter}");

  expect(await screen.findByText("The user name or the password is not right.")).toBeInTheDocument();
  expect(screen.getByLabelText("User name")).toHaveValue("dispatcher");
});

test("an account with a second factor is asked for its code", async () => {
  fakeApi({
    "POST /api/v1/auth/token": ({ body }: Sent) =>
      new URLSearchParams(String(body)).get("totp") === "123456"
        ? { access_token: "fresh", expires_in: 600 }
        : problem(401, "second-factor-required", "A code is needed."),
  });
  const { user } = show();

  await user.type(screen.getByLabelText("User name"), "dispatcher");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  await user.type(await screen.findByLabelText("Code"), "123456{Enter}");

  await expect.poll(() => sessionStore.getState().token).toBe("fresh");
});
