import "./styles.css";
import "@/lib/theme";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { newQueryClient } from "@/api/queries";
import { newRouter } from "@/app/routes";
import { StepUpDialog } from "@/components/StepUpDialog";
import { Toaster } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root");

// The application opens without a connection; a development server's pages are never kept.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/service-worker.js").catch(() => undefined));
}

// After an upgrade an open tab asks for parts that are gone: the new page has them. Once, so that no fault can loop.
addEventListener("vite:preloadError", () => {
  if (sessionStorage.getItem("reloaded") === location.href) return;
  sessionStorage.setItem("reloaded", location.href);
  location.reload();
});

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={newQueryClient()}>
      <TooltipProvider>
        <RouterProvider router={newRouter()} />
        <StepUpDialog />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
