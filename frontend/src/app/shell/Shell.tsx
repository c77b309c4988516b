import { useEffect, useState, type ReactNode } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { WatchNews } from "@/features/search/WatchNews";
import { t } from "@/i18n";
import { focusRow, focusSearch, listenToShortcuts, useShortcut } from "@/lib/shortcuts";
import { useWorld } from "@/lib/world";
import { CommandPalette } from "../palette/CommandPalette";
import { BottomBar, NavigationRail } from "./Navigation";
import { ShortcutsHelp } from "./ShortcutsHelp";
import { TopBar } from "./TopBar";
import { useWorldInAddress } from "./world";

/** The frame around every page: what is chosen, what time it is, whether it is live, and where to go. */
export function Shell(): ReactNode {
  useWorldInAddress();
  const world = useWorld();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  useEffect(listenToShortcuts, []);
  const go = (path: string) => () => void navigate(path);
  useShortcut("Control+k", "shell.shortcut.palette", "go", () => setPalette((open) => !open));
  useShortcut("/", "shell.shortcut.search", "go", () => (document.querySelector("[data-search]") ? focusSearch() : setPalette(true)));
  useShortcut("g m", "shell.shortcut.map", "go", go("/"));
  useShortcut("g i", "shell.shortcut.incidents", "go", go("/incidents"));
  useShortcut("g h", "shell.shortcut.hazards", "go", go("/hazards"));
  useShortcut("g s", "shell.shortcut.everything", "go", go("/search"));
  useShortcut("g a", "shell.shortcut.alerts", "go", go("/alerts"));
  useShortcut("g d", "shell.shortcut.delivery", "go", go("/notifications"));
  useShortcut("g l", "shell.shortcut.activity", "go", go("/activity"));
  useShortcut("?", "shell.shortcut.help", "go", () => setHelp(true));
  useShortcut("j", "shell.shortcut.next", "list", () => focusRow(1));
  useShortcut("k", "shell.shortcut.previous", "list", () => focusRow(-1));
  useShortcut("n", "shell.shortcut.declare", "act", go("/incidents/declare"), pathname !== "/incidents/declare");

  return (
    <div className="flex h-full flex-col">
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-surface-1 focus:p-2">
        {t("shell.skip")}
      </a>
      {world === "exercise" ? (
        <p role="status" className="exercise-band px-3 py-0.5 text-center text-xs font-bold tracking-wide print:border print:border-black">
          {t("shell.exerciseBand")}
        </p>
      ) : null}
      <TopBar onSearch={() => setPalette(true)} onHelp={() => setHelp(true)} />
      <div className="flex min-h-0 flex-1">
        <NavigationRail />
        <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 outline-none">
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <CommandPalette open={palette} onOpenChange={setPalette} />
      <WatchNews />
      <ShortcutsHelp open={help} onOpenChange={setHelp} />
    </div>
  );
}
