import { Activity, ChevronsLeft, ChevronsRight, Map, Megaphone, RadioTower, Search, Settings2, Siren, Waves, Ellipsis, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import { NavLink } from "react-router";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { useMe } from "@/auth/me";
import { Badge } from "@/components/ui/badge";
import { Sheet } from "@/components/ui/dialog";
import { useUnseen } from "@/features/search/components/use-watches";
import { t, type MessageKey } from "@/i18n";
import { cn } from "@/lib/cn";
import { useExercise } from "@/lib/world";

interface Place {
  to: string;
  label: MessageKey;
  icon: LucideIcon;
  /** Shown to those who hold one of these; everybody when absent. */
  anyOf?: readonly string[];
}

const PLACES: readonly Place[] = [
  { to: "/", label: "shell.map", icon: Map },
  { to: "/incidents", label: "shell.incidents", icon: Siren },
  { to: "/hazards", label: "shell.hazards", icon: Waves },
  { to: "/alerts", label: "alerts.title", icon: Megaphone, anyOf: ["alerts:read"] },
  { to: "/notifications", label: "notifications.title", icon: RadioTower, anyOf: ["notifications:read"] },
  { to: "/search", label: "search.title", icon: Search, anyOf: ["search:read"] },
  { to: "/activity", label: "shell.activity", icon: Activity },
  {
    to: "/administration",
    label: "shell.administration",
    icon: Settings2,
    anyOf: ["users:read", "users:manage", "roles:manage", "api-keys:manage", "organizations:manage"],
  },
];

/** On a narrow screen this many fit beside "More". */
const ON_BAR = 4;

const railStore = create<{ open: boolean }>()(persist((): { open: boolean } => ({ open: true }), { name: "muster.rail" }));

function usePlaces(): readonly Place[] {
  const permissions = useMe()?.permissions ?? [];
  return PLACES.filter((place) => !place.anyOf || place.anyOf.some((p) => permissions.includes(p)));
}

/** What saved searches have found since I looked. It takes no room of its own on the narrow bar. */
function News({ at, className }: { at: string; className?: string }): ReactNode {
  const unseen = useUnseen(useExercise());
  if (at !== "/search" || unseen === 0) return null;
  return (
    <Badge tone="accent" className={className}>
      <span aria-hidden className="tabular">{unseen}</span>
      <span className="sr-only">{t("search.unseen", { count: unseen })}</span>
    </Badge>
  );
}

const railLink = ({ isActive }: { isActive: boolean }): string =>
  cn(
    "relative flex h-9 items-center gap-3 rounded-md px-2.5 text-sm font-medium coarse:h-11 [&_svg]:size-4.5 [&_svg]:shrink-0",
    isActive ? "bg-accent-soft text-accent" : "text-ink-2 hover:bg-surface-2 hover:text-ink-1",
  );

/** Icon and word at the side; the words can be folded away and remain as names. */
export function NavigationRail(): ReactNode {
  const open = railStore((s) => s.open);
  const places = usePlaces();
  const Fold = open ? ChevronsLeft : ChevronsRight;
  const fold = t(open ? "shell.collapse" : "shell.expand");
  return (
    <nav aria-label={t("shell.navigation")} className={cn("no-print hidden shrink-0 flex-col gap-0.5 border-e border-line bg-surface-1 p-1.5 sm:flex", open ? "w-44" : "w-13")}>
      {places.map(({ to, label, icon: Icon }) => (
        <NavLink key={to} to={to} end={to === "/"} className={railLink} title={open ? undefined : t(label)}>
          <Icon aria-hidden />
          <span className={cn(!open && "sr-only")}>{t(label)}</span>
          <News at={to} className={open ? "ms-auto" : "absolute -end-0.5 -top-0.5 px-1 py-0"} />
        </NavLink>
      ))}
      <button type="button" aria-label={fold} title={fold} onClick={() => railStore.setState({ open: !open })} className={cn(railLink({ isActive: false }), "mt-auto")}>
        <Fold aria-hidden className="rtl:-scale-x-100" />
      </button>
    </nav>
  );
}

const barLink = (active: boolean): string =>
  cn("relative flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium [&_svg]:size-5", active ? "text-accent" : "text-ink-2");

/** At 390 px: the places at the bottom, within reach of a thumb. */
export function BottomBar(): ReactNode {
  const places = usePlaces();
  const [more, setMore] = useState(false);
  const rest = places.slice(ON_BAR);
  return (
    <nav aria-label={t("shell.navigation")} className="no-print z-20 flex border-t border-line bg-surface-1 pb-[env(safe-area-inset-bottom)] sm:hidden">
      {places.slice(0, ON_BAR).map(({ to, label, icon: Icon }) => (
        <NavLink key={to} to={to} end={to === "/"} className={({ isActive }) => barLink(isActive)}>
          <Icon aria-hidden />
          {t(label)}
          <News at={to} className="absolute start-1/2 top-1 ms-2 px-1 py-0" />
        </NavLink>
      ))}
      {rest.length > 0 ? (
        <button type="button" className={barLink(false)} onClick={() => setMore(true)}>
          <Ellipsis aria-hidden />
          {t("shell.more")}
        </button>
      ) : null}
      <Sheet open={more} onOpenChange={setMore} title={t("shell.more")} side="bottom">
        <div className="flex flex-col">
          {rest.map(({ to, label, icon: Icon }) => (
            <NavLink key={to} to={to} className={railLink} onClick={() => setMore(false)}>
              <Icon aria-hidden />
              {t(label)}
            </NavLink>
          ))}
        </div>
      </Sheet>
    </nav>
  );
}
