import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { LifeBuoy } from "lucide-react";
import type { LayerSpecification } from "maplibre-gl";
import { useMemo, type ReactNode } from "react";
import type { HelpRequest } from "@/api/types";
import { useMay } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Time } from "@/components/Time";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { lonLat } from "@/lib/coordinates";
import { useExercise } from "@/lib/world";
import { usePointLayer, useSymbols } from "@/map/context";
import type { Symbol } from "@/map/symbols";
import { asPoints, type LayerProps, type MapContribution, type MapFilter, type MapItem, type MapItems } from "@/map/types";
import { openHelpQuery } from "./api/help";
import { HelpCard } from "./components/HelpCard";
import { useHelpDialogs } from "./components/use-help-dialogs";

/** One line of the list beside the map. */
const Row = ({ call }: { call: HelpRequest }): ReactNode => (
  <span className="flex w-full items-baseline gap-2">
    <LifeBuoy aria-hidden className="size-3.5 w-4 self-center text-danger" />
    <span className="shrink-0 text-xs font-semibold text-danger">{t("incidents.helpShort")}</span>
    <span className="min-w-0 flex-1 truncate">{call.text}</span>
    <Time at={call.asked_at} className="shrink-0 text-xs text-ink-3" />
  </span>
);

const toItem = (call: HelpRequest): MapItem => ({
  key: `help:${call.id}`,
  title: call.text,
  kind: null,
  time: call.asked_at,
  at: lonLat(call.place),
  properties: {},
  row: <Row call={call} />,
});

/** Who calls for help in this world and has no answer yet. The filters by kind and by status are not theirs. */
function useItems({ exercise, kind, since, statuses }: MapFilter, shown: boolean): MapItems {
  const may = useMay("incidents:read");
  const wanted = shown && may && kind === null && statuses.length === 0;
  const query = useQuery({ ...openHelpQuery(exercise), enabled: wanted, placeholderData: keepPreviousData });
  const page = wanted ? query.data : undefined;
  const items = useMemo(() => page?.items.filter((call) => call.exercise === exercise && (since === null || call.asked_at >= since)).map(toItem) ?? [], [page, exercise, since]);
  return { items, truncated: typeof page?.next === "string", loading: wanted && query.isPending, error: query.error, retry: () => void query.refetch() };
}

const SYMBOLS: Readonly<Record<string, Symbol>> = { "help-call": { shape: "circle", colour: "--danger", sign: "H" } };
const CLICKABLE = ["help-one", "help-many"];

const layers = (source: string): LayerSpecification[] => [
  { id: "help-one", type: "symbol", source, filter: ["!", ["has", "point_count"]], layout: { "icon-image": "help-call", "icon-size": 0.8, "icon-allow-overlap": true } },
  {
    id: "help-many",
    type: "symbol",
    source,
    filter: ["has", "point_count"],
    layout: {
      "icon-image": "help-call",
      "icon-size": 0.8,
      "icon-allow-overlap": true,
      "text-field": ["concat", "×", ["get", "point_count_abbreviated"]],
      "text-font": ["Inter Variable", "system-ui", "sans-serif"],
      "text-size": 12,
      "text-anchor": "left",
      "text-offset": [1.2, 0],
      "text-allow-overlap": true,
    },
    paint: { "text-color": getComputedStyle(document.documentElement).getPropertyValue("--ink-1").trim() },
  },
];

function Layer({ items, onOpen }: LayerProps): ReactNode {
  useSymbols(SYMBOLS);
  const data = useMemo(() => asPoints(items), [items]);
  usePointLayer({ id: "help", data, layers, clickable: CLICKABLE, onOpen });
  return null;
}

const Legend = (): ReactNode => (
  <p className="flex items-center gap-2">
    <LifeBuoy aria-hidden className="size-4 text-danger" />
    {t("incidents.help")}
  </p>
);

/** A call in the side panel of the map, as long as nobody has decided on it. */
function Panel({ id }: { id: string }): ReactNode {
  const query = useQuery(openHelpQuery(useExercise()));
  const { decide, dialog } = useHelpDialogs();
  return (
    <>
      <QueryView query={query}>
        {({ items }) => {
          const call = items.find((each) => each.id === id);
          return call ? <HelpCard call={call} onDecide={decide} /> : <Empty title={t("incidents.helpGone")}>{t("incidents.helpGoneDetail")}</Empty>;
        }}
      </QueryView>
      {dialog}
    </>
  );
}

export const helpOnMap: MapContribution = { prefix: "help", label: "map.layer.help", useItems, Layer, Legend, Panel };
