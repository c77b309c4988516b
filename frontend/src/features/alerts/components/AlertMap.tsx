import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Link } from "react-router";
import type { ListedAlert } from "@/api/types";
import { SeverityMark } from "@/components/meanings";
import { QueryView } from "@/components/QueryView";
import { t } from "@/i18n";
import { useFilter } from "@/lib/search-params";
import { areaLayers } from "@/map/area-layers";
import { AreasMap } from "@/map/AreasMap";
import { someAlertsQuery, type AlertFilter } from "../api/alerts";
import { mapAreas } from "../geometry";
import { placeOf } from "../states";
import { AlertStatusMark, Expiry, MessageType, WorldMark } from "./marks";

const layers = areaLayers("listed-areas");

/** As many as one map shows before it says nothing any more. */
const MOST = 200;

/** Where the alerts of the list hold, beside their names: what one points at here is marked there. */
export function AlertMap({ filter, empty }: { filter: AlertFilter; empty: ReactNode }): ReactNode {
  const query = useQuery(someAlertsQuery({ ...filter, shapes: true }, MOST));
  return <QueryView query={query}>{({ items, next }) => (items.length === 0 ? empty : <Beside alerts={items} more={next !== null} />)}</QueryView>;
}

function Beside({ alerts, more }: { alerts: readonly ListedAlert[]; more: boolean }): ReactNode {
  const { get, set } = useFilter();
  const [pointed, setPointed] = useState<string | null>(null);
  const rows = useRef<HTMLOListElement>(null);
  const chosen = get("alert");
  const marked = pointed ?? chosen;
  const areas = useMemo(
    () => alerts.flatMap(({ id, severity, shapes }) => mapAreas(shapes ?? [], () => ({ severity, selected: id === marked })).map((area) => ({ ...area, key: id }))),
    [alerts, marked],
  );
  // What is chosen on the map is the row that follows with the keyboard.
  useEffect(() => {
    const row = chosen === null ? null : rows.current?.querySelector<HTMLElement>(`[data-alert="${CSS.escape(chosen)}"] a`);
    row?.scrollIntoView({ block: "nearest" });
    row?.focus({ preventScroll: true });
  }, [chosen]);
  return (
    <div className="grid min-h-0 flex-1 grid-rows-[45dvh_auto] lg:grid-cols-[minmax(0,1fr)_min(26rem,45%)] lg:grid-rows-1">
      <div className="relative min-h-0 border-line max-lg:border-b lg:border-e">
        <AreasMap id="listed-areas" areas={areas} layers={layers} onOpen={(alert) => set({ alert })} />
      </div>
      <div className="min-h-0 lg:overflow-y-auto">
        {more ? <p className="border-b border-line px-3 py-1.5 text-xs text-ink-2">{t("alerts.mapMost", { count: MOST })}</p> : null}
        <ol ref={rows} aria-label={t("alerts.title")} className="flex flex-col divide-y divide-line">
          {alerts.map((alert) => (
            <li
              key={alert.id}
              data-alert={alert.id}
              data-current={alert.id === chosen}
              className="flex flex-col gap-1 px-3 py-2 hover:bg-surface-2 data-[current=true]:bg-accent-soft/60"
            >
              <span className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs">
                <SeverityMark severity={alert.severity} />
                <AlertStatusMark status={alert.status} />
                <MessageType type={alert.msg_type} number={alert.number} />
                <WorldMark exercise={false} test={alert.test} />
                <Expiry alert={alert} className="tabular ms-auto" />
              </span>
              <Link
                data-row
                to={placeOf(alert)}
                className="font-medium hover:underline coarse:py-2"
                onFocus={() => setPointed(alert.id)}
                onBlur={() => setPointed(null)}
                onMouseEnter={() => setPointed(alert.id)}
                onMouseLeave={() => setPointed(null)}
              >
                {alert.headline}
              </Link>
              <span className="text-xs text-ink-3">{alert.areas.filter(Boolean).join(", ") || t("alerts.noArea")}</span>
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
