import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Activity, FileText, FileUp, Inbox, LocateFixed, Map, Megaphone, Plus, Radio, RadioTower, Search, Settings2, Siren, SunMoon, UserCog, Waves, type LucideIcon } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { useNavigate } from "react-router";
import { useMay } from "@/auth/me";
import { STATUS_SHAPE } from "@/components/meanings";
import { openIncidentsQuery } from "@/features/incidents/api/incidents";
import { t, type MessageKey } from "@/i18n";
import { formatCoordinates, parseCoordinates } from "@/lib/coordinates";
import { setTheme, themeStore } from "@/lib/theme";
import { useExercise } from "@/lib/world";
import { FoundItems } from "./FoundItems";
import { ALWAYS, item } from "./item";

const PAGES: readonly { to: string; label: MessageKey; icon: LucideIcon }[] = [
  { to: "/", label: "shell.map", icon: Map },
  { to: "/incidents", label: "shell.incidents", icon: Siren },
  { to: "/incidents?view=board", label: "incidents.board", icon: Siren },
  { to: "/hazards", label: "shell.hazards", icon: Waves },
  { to: "/hazards/feeds", label: "hazards.feeds", icon: Radio },
  { to: "/alerts", label: "alerts.title", icon: Megaphone },
  { to: "/alerts/received", label: "receivedAlerts.title", icon: Inbox },
  { to: "/alerts/import", label: "receivedAlerts.import", icon: FileUp },
  { to: "/notifications", label: "notifications.title", icon: RadioTower },
  { to: "/notifications/subscribers", label: "notifications.subscribers", icon: RadioTower },
  { to: "/notifications/channels", label: "notifications.channels", icon: RadioTower },
  { to: "/search", label: "search.title", icon: Search },
  { to: "/activity", label: "shell.activity", icon: Activity },
  { to: "/activity/ics-214", label: "activity.ics214Title", icon: FileText },
  { to: "/administration", label: "shell.administration", icon: Settings2 },
  { to: "/account", label: "account.title", icon: UserCog },
];

interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Ctrl-K: jump to a page or a place by its coordinates, act, or find anything as one types. */
export function CommandPalette({ open, onOpenChange }: CommandPaletteProps): ReactNode {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Radix.Content aria-describedby={undefined} className="fixed inset-x-2 top-[8vh] z-50 mx-auto max-w-xl overflow-hidden rounded-lg bg-surface-1 shadow-float">
          <Radix.Title className="sr-only">{t("shell.palette")}</Radix.Title>
          <Jump onDone={() => onOpenChange(false)} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Jump({ onDone }: { onDone: () => void }): ReactNode {
  const exercise = useExercise();
  const navigate = useNavigate();
  const maySearch = useMay("search:read");
  const [text, setText] = useState("");
  const words = text.trim();
  const place = parseCoordinates(text);
  // Before anything is typed: what is going on. Whoever may not search finds incidents by name all the same.
  const jumpToIncident = words === "" || !maySearch;
  const incidents = useQuery({ ...openIncidentsQuery({ exercise, q: words.length > 1 && jumpToIncident ? words : null }, 20), enabled: jumpToIncident });
  const go = (to: string): void => {
    onDone();
    void navigate(to);
  };
  const open = (jumpToIncident ? incidents.data?.items : undefined)?.map((incident) => (
    <Command.Item key={incident.id} value={`${incident.name} ${incident.number}`} className={item} onSelect={() => go(`/incidents/${incident.id}`)}>
      <span aria-hidden className="w-4 text-center">{STATUS_SHAPE[incident.status]}</span>
      <span className="truncate">{incident.name}</span>
      <span className="tabular ms-auto text-xs text-ink-3">{incident.number}</span>
    </Command.Item>
  ));
  return (
    <Command label={t("shell.palette")} filter={(value, search) => (value.startsWith(ALWAYS) || value.toLowerCase().includes(search.toLowerCase().trim()) ? 1 : 0)}>
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder={t("shell.palettePlaceholder")}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <Command.List className="max-h-[60vh] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3">
        {maySearch ? null : <Command.Empty className="p-4 text-sm text-ink-2">{t("shell.paletteEmpty", { query: text })}</Command.Empty>}
        {place ? (
          <Command.Group heading={t("shell.palettePlaces")}>
            <Command.Item value={`${ALWAYS} place`} className={item} onSelect={() => go(`/?at=11/${place[1].toFixed(5)}/${place[0].toFixed(5)}`)}>
              <LocateFixed aria-hidden />
              {t("shell.goToPlace", { place: formatCoordinates(place).grid ?? formatCoordinates(place).decimal })}
            </Command.Item>
          </Command.Group>
        ) : null}
        {open ? <Command.Group heading={t("shell.paletteIncidents")}>{open}</Command.Group> : null}
        <Command.Group heading={t("shell.palettePages")}>
          {PAGES.map(({ to, label, icon: Icon }) => (
            <Command.Item key={to} value={t(label)} className={item} onSelect={() => go(to)}>
              <Icon aria-hidden />
              {t(label)}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading={t("shell.paletteActions")}>
          <Command.Item value={t("incidents.declare")} className={item} onSelect={() => go("/incidents/declare")}>
            <Plus aria-hidden />
            {t("incidents.declare")}
          </Command.Item>
          <Command.Item
            value={t("shell.theme")}
            className={item}
            onSelect={() => {
              setTheme(themeStore.getState().dark ? "light" : "dark");
              onDone();
            }}
          >
            <SunMoon aria-hidden />
            {t("shell.theme")}
          </Command.Item>
        </Command.Group>
        {maySearch && words !== "" && place === null ? <FoundItems words={words} go={go} /> : null}
      </Command.List>
    </Command>
  );
}
