import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { fakeApi, page, type Routes } from "@/testing/fake-api";
import { provider, sender } from "@/testing/notifications";
import { renderPage } from "@/testing/render";
import ChannelsPage from "./ChannelsPage";

const routes = (providers: ReturnType<typeof provider>[]): Routes => ({ "GET /api/v1/me": sender(), "GET /api/v1/notifications/channels": page(providers) });
const open = () => renderPage(<ChannelsPage />, { path: "/notifications/channels" });

const resting = provider({ breaker: "open", failures: 5, last_failure: new Date().toISOString(), last_reason: "provider-error:20500" });

test("each channel names its first choice before its second, and says in words how they do", async () => {
  fakeApi(routes([provider({ provider: "sns", choice: 2 }), resting]));
  open();

  const sms = await screen.findByRole("region", { name: "SMS" });
  expect(within(sms).getAllByRole("article").map((one) => one.getAttribute("aria-label"))).toEqual(["Twilio", "AWS SNS"]);
  const first = within(sms).getByRole("article", { name: "Twilio" });
  expect(first).toHaveTextContent("First choice");
  expect(first).toHaveTextContent("Left aside");
  expect(first).toHaveTextContent("The provider failed (20500)");
  expect(first).toHaveTextContent("5 in a row");
  expect(within(sms).getByRole("article", { name: "AWS SNS" })).toHaveTextContent("412.5 a second, of at most 1,000");
  expect(within(sms).queryByRole("alert")).not.toBeInTheDocument();
});

test("a channel that no provider carries is said aloud", async () => {
  fakeApi(routes([resting]));
  open();
  expect(within(await screen.findByRole("region", { name: "SMS" })).getByRole("alert")).toHaveTextContent("No provider of this channel takes messages now");
});

test("a channel without a provider says so", async () => {
  fakeApi(routes([]));
  open();
  expect(within(await screen.findByRole("region", { name: "Web push" })).getByText(/none is set up/)).toBeInTheDocument();
});
