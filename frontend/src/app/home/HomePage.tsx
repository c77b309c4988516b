import { List, PanelLeftClose, X } from "lucide-react";
import { useCallback, useMemo, useState, type ReactNode } from "react";
import { useMe } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { mapViewStore } from "@/lib/map-view";
import { usePageTitle } from "@/lib/page-title";
import { useFilter } from "@/lib/search-params";
import { MapView } from "@/map/MapView";
import { areaBounds, isWithin, roundedBbox, type Bounds } from "@/map/position";
import type { MapFilter, MapItem, MapItems } from "@/map/types";
import { CONTRIBUTIONS } from "./contributions";
import { FilterBar } from "./FilterBar";
import { useMapFilter } from "./filter";
import { ItemList } from "./ItemList";
import { MapControls } from "./MapControls";
import { SidePanel } from "./SidePanel";

/** One question per contribution; the list of them never changes while the page runs. */
const useContributions = (filter: MapFilter, hidden: ReadonlySet<string>): MapItems[] =>
  CONTRIBUTIONS.map((contribution) => contribution.useItems(filter, !hidden.has(contribution.prefix)));

/** The home screen: the map, the list that is its equal, and what was opened. */
export default function HomePage(): ReactNode {
  usePageTitle(t("map.title"));
  const { get, all, set } = useFilter();
  const [bounds, setBounds] = useState<Bounds | null>(null);
  const area = useMe()?.organization.area ?? null;
  const home = useMemo(() => (area ? areaBounds(area) : null), [area]);
  const [anywhere, setAnywhere] = useState(false);
  const [listOpen, setListOpen] = useState(() => innerWidth >= 768);
  const open = get("open");
  const hiddenNames = all("hide").join(",");
  const hidden = useMemo(() => new Set(hiddenNames.split(",").filter(Boolean)), [hiddenNames]);
  const filter = useMapFilter(bounds ? roundedBbox(bounds) : null);
  const answers = useContributions(filter, hidden);
  const items = answers.flatMap((answer) => answer.items).sort((a, b) => b.time.localeCompare(a.time));
  const listed = anywhere || bounds === null ? items : items.filter((item) => item.at === null || isWithin(item.at, bounds));
  const selected = items.find((item) => item.key === open) ?? null;
  const failed = answers.find((answer) => answer.error !== null && answer.items.length === 0);

  const onOpen = useCallback((key: string) => set({ open: key }, { push: true }), [set]);
  const onClose = (): void => set({ open: null }, { push: true });
  const onMove = useCallback(
    (at: string, view: Bounds) => {
      // The map may come to rest when the next page is already on its way: it must not call people back.
      if (location.pathname === "/") set({ at });
      setBounds(view);
      mapViewStore.setState({ bbox: roundedBbox(view) });
    },
    [set],
  );
  const toggle = (name: string): void => set({ hide: hidden.has(name) ? [...hidden].filter((h) => h !== name) : [...hidden, name] });

  return (
    <div className="flex h-full min-h-0">
      <h1 className="sr-only">{t("map.title")}</h1>
      <section
        aria-label={t("map.list")}
        className={cn(
          "z-10 flex flex-col border-line bg-surface-1 max-md:absolute max-md:inset-x-0 max-md:bottom-14 max-md:rounded-t-lg max-md:border-t md:w-84 md:shrink-0 md:border-e",
          listOpen ? "max-md:h-[46dvh]" : "md:hidden",
          open && "max-md:hidden",
        )}
      >
        <div className="flex min-h-10 items-center gap-2 border-b border-line px-2.5">
          <p role="status" className="tabular min-w-0 flex-1 truncate text-xs font-medium text-ink-2">
            {t("map.listOf", { count: listed.length })}
          </p>
          <Button size="small" look="quiet" aria-pressed={anywhere} onClick={() => setAnywhere(!anywhere)}>
            {t(anywhere ? "map.allOfWorld" : "map.inView")}
          </Button>
          <Button size="icon" look="quiet" aria-expanded={listOpen} aria-label={t(listOpen ? "map.hideList" : "map.showList")} onClick={() => setListOpen(!listOpen)}>
            {listOpen ? <PanelLeftClose className="max-md:-rotate-90" /> : <List />}
          </Button>
        </div>
        <div className={cn("min-h-0 flex-1 overflow-y-auto", !listOpen && "hidden")}>
          <ItemList
            items={listed}
            listKey={`${JSON.stringify({ ...filter, bbox: null })} ${anywhere ? "" : (get("at") ?? "")}`}
            selected={open}
            onOpen={onOpen}
            loading={answers.some((answer) => answer.loading) && items.length === 0}
            error={failed?.error}
            onRetry={() => failed?.retry()}
            truncated={answers.some((answer) => answer.truncated)}
          />
        </div>
      </section>
      <section aria-label={t("map.label")} className="relative min-w-0 flex-1">
        <MapView
          at={get("at")}
          home={home}
          onMove={onMove}
          hidden={hidden}
          selected={selected?.at ?? null}
          everything={items.flatMap((item) => (item.at ? [item.at] : []))}
        >
          {CONTRIBUTIONS.map(({ prefix, Layer }, index) => (
            <Layer key={prefix} items={answers[index]?.items ?? NOTHING} onOpen={onOpen} />
          ))}
        </MapView>
        <div className="pointer-events-none absolute inset-x-0 top-0 flex max-md:pt-13 md:pe-44">
          <div className="pointer-events-auto flex min-w-0">
            {listOpen ? null : (
              <Button size="small" className="no-print m-2 me-0 max-md:hidden" onClick={() => setListOpen(true)}>
                <List aria-hidden />
                {t("map.list")}
              </Button>
            )}
            <FilterBar kinds={[...new Set(items.flatMap((item) => (item.kind ? [item.kind] : [])))]} />
          </div>
        </div>
        <MapControls contributions={CONTRIBUTIONS} hidden={hidden} onToggle={toggle} />
        <p className="absolute end-2 bottom-1 text-xs text-ink-3 max-md:hidden">Natural Earth · US Census Bureau</p>
      </section>
      {open ? (
        <SidePanel
          open={open}
          closeButton={
            <Button look="quiet" size="icon" aria-label={t("map.closePanel")} onClick={onClose}>
              <X />
            </Button>
          }
          onClose={onClose}
        />
      ) : null}
    </div>
  );
}

const NOTHING: readonly MapItem[] = [];
