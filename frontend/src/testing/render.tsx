import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { render, screen, type RenderResult } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactElement } from "react";
import { createBrowserRouter, RouterProvider, useLocation, type RouteObject } from "react-router";
import { newQueryClient } from "@/api/queries";
import { sessionStore } from "@/auth/session";
import { StepUpDialog } from "@/components/StepUpDialog";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";

/** Where the screen is, for a test that follows a link. */
const Address = (): ReactElement => {
  const { pathname, search } = useLocation();
  return <p data-testid="address">{`${pathname}${search}`}</p>;
};

interface Rendered extends RenderResult {
  user: UserEvent;
  client: QueryClient;
}

/** Show a page as someone signed in sees it. `path` is the pattern of its route, `at` the address. */
export function renderPage(element: ReactElement, { path = "/", at = path }: { path?: string; at?: string } = {}): Rendered {
  sessionStore.setState({ state: "signed-in", token: "a-token", expiresAt: Date.now() + 600_000 });
  return renderRoutes([{ path, element }, { path: "*", element: <Address /> }], at);
}

/** Show the given routes at an address, without a session of their own. */
export function renderRoutes(routes: RouteObject[], at: string): Rendered {
  const client = newQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } });
  history.replaceState(null, "", at);
  const router = createBrowserRouter(routes);
  const result = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <StepUpDialog />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return { ...result, client, user: userEvent.setup() };
}

export const address = (): Promise<string | null> => screen.findByTestId("address").then((element) => element.textContent);
