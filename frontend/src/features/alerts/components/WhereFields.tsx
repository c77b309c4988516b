import { Crosshair, Trash2, X } from "lucide-react";
import { useCallback, useState, type ReactNode } from "react";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { useUnits } from "@/auth/me";
import { languageTag, t } from "@/i18n";
import { cn } from "@/lib/cn";
import type { Drawn } from "@/map/drawing";
import { boundsOf, viewOf } from "@/map/position";
import type { AlertPlace } from "../content";
import { emptyPlace } from "../content";
import { errorAt, sentence, type FieldsProps } from "../findings";
import { cornersOf, polygon } from "../geometry";
import { placeKind } from "../part-names";
import { AddArea } from "./AddArea";
import { AreaMap, drawingHelp } from "./AreaMap";

/** Where it holds: drawn, named, typed or taken over, with what is wrong at its place. */
export function WhereFields({ incidentId, ...props }: FieldsProps & { incidentId: string | null }): ReactNode {
  const { content, change, findings, checked } = props;
  const [selected, setSelected] = useState<number | null>(content.areas.length > 0 ? 0 : null);
  const [drawing, setDrawing] = useState<Drawn["kind"] | null>(null);
  const [corners, setCorners] = useState(0);
  const [at, setAt] = useState<string | null>(null);
  const { areas } = content;
  const ofAreas = findings.filter((finding) => finding.pointer.startsWith("/areas"));

  const add = (places: AlertPlace[]): void => {
    change({ areas: [...areas, ...places] });
    setSelected(areas.length);
    const bounds = boundsOf(cornersOf(places));
    if (bounds) setAt(viewOf(bounds));
  };
  const set = (index: number, place: AlertPlace): void => change({ areas: areas.map((each, at) => (at === index ? place : each)) });
  const remove = (index: number): void => {
    const before = areas;
    change({ areas: areas.filter((_, at) => at !== index) });
    setSelected(null);
    toast(t("alerts.areaRemoved", { name: areas[index]?.description ?? "" }), { undo: () => change({ areas: before }) });
  };
  const draw = (mode: Drawn["kind"]): void => {
    setCorners(0);
    setSelected(null);
    setDrawing(mode);
  };
  const cancel = useCallback(() => setDrawing(null), []);
  const drawn = (shape: Drawn): void => {
    setDrawing(null);
    const place =
      shape.kind === "circle"
        ? { ...emptyPlace(), circle: { longitude: round(shape.centre[0]), latitude: round(shape.centre[1]), radius_km: Math.max(0.01, Math.round(shape.km * 100) / 100) }, origin: { kind: "circle" as const, id: null, name: "" } }
        : { ...emptyPlace(), geometry: polygon(shape.corners), origin: { kind: "drawn" as const, id: null, name: "" } };
    change({ areas: [...areas, place] });
    setSelected(areas.length);
  };
  const none = errorAt({ findings: findings.filter((one) => one.pointer === "/areas"), checked, problem: null }, "/areas");
  return (
    <div data-at="/areas" className="flex flex-col gap-4">
      <Section title={t("alerts.where")}>
        <AddArea incidentId={incidentId} drawing={drawing} onDraw={draw} onAdd={add} />
        {none ? <p className="px-3 pb-2 text-xs font-medium text-danger">{none}</p> : null}
        <div className="relative h-[46dvh] min-h-72 border-t border-line">
          <AreaMap
            places={areas}
            severity={content.severity}
            selected={selected}
            onSelect={setSelected}
            findings={ofAreas}
            drawing={drawing}
            onDrawn={drawn}
            onCancel={cancel}
            onCorners={setCorners}
            onReshape={set}
            at={at}
          />
          {drawing ? (
            <div className="absolute start-2 top-2 flex max-w-[calc(100%-1rem)] items-center gap-2 rounded-md bg-surface-1 py-1 ps-3 pe-1 shadow-float">
              <p role="status" className="text-sm">{drawingHelp(drawing, corners)}</p>
              <Button look="quiet" size="icon" aria-label={t("alerts.stopDrawing")} onClick={cancel}>
                <X />
              </Button>
            </div>
          ) : null}
        </div>
        {areas.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("alerts.areasEmpty")}</p> : null}
        <ol className="flex flex-col divide-y divide-line">
          {areas.map((place, index) => (
            <Place
              key={index}
              {...props}
              place={place}
              index={index}
              current={index === selected}
              onSelect={() => {
                setSelected(index);
                const bounds = boundsOf(cornersOf([place]));
                if (bounds) setAt(viewOf(bounds));
              }}
              onChange={(next) => set(index, next)}
              onRemove={() => remove(index)}
            />
          ))}
        </ol>
      </Section>
    </div>
  );
}

const round = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

interface PlaceProps extends FieldsProps {
  place: AlertPlace;
  index: number;
  current: boolean;
  onSelect: () => void;
  onChange: (place: AlertPlace) => void;
  onRemove: () => void;
}

function Place({ place, index, current, onSelect, onChange, onRemove, ...props }: PlaceProps): ReactNode {
  const units = useUnits();
  const pointer = `/areas/${index}`;
  const name = place.description || t("alerts.areaNumber", { number: index + 1 });
  const wrong = props.findings.filter((finding) => finding.pointer.startsWith(`${pointer}/`) && finding.code !== "no-area-name" || finding.pointer === pointer);
  const band = place.altitude !== null || place.ceiling !== null;
  return (
    <li data-at={pointer} data-current={current} className="flex flex-col gap-2 px-3 py-2 data-[current=true]:bg-accent-soft/50">
      <div className="flex items-start gap-2">
        <Field label={t("alerts.areaName")} hint={`${placeKind(place)}${place.origin?.name ? ` · ${t(`alerts.origin.${place.origin.kind}`)} ${place.origin.name}` : ""}`} error={errorAt(props, `${pointer}/description`)} className="flex-1">
          {(control) => <Input {...control} data-at={`${pointer}/description`} maxLength={500} placeholder={t("alerts.areaNamePlaceholder")} value={place.description} onChange={(e) => onChange({ ...place, description: e.target.value })} />}
        </Field>
        <Button look="quiet" size="icon" className="mt-5" aria-label={t("alerts.showArea", { name })} onClick={onSelect}>
          <Crosshair />
        </Button>
        <Button look="quiet" size="icon" className="mt-5" aria-label={t("alerts.removeArea", { name })} onClick={onRemove}>
          <Trash2 />
        </Button>
      </div>
      {wrong.map((finding) => (
        <p key={`${finding.code} ${finding.pointer}`} className={cn("text-xs font-medium", finding.level === "error" ? "text-danger" : "text-warning")}>
          {sentence(finding.detail)}
        </p>
      ))}
      {place.circle ? (
        <Field label={t(units === "us" ? "alerts.radiusMiles" : "alerts.radiusKm")} className="w-40" error={errorAt(props, `${pointer}/circle`)}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min="0"
              step="any"
              value={shown(place.circle?.radius_km ?? 0, units)}
              onChange={(e) => {
                const km = Number(e.target.value) * (units === "us" ? KM_PER_MILE : 1);
                if (place.circle && km > 0) onChange({ ...place, circle: { ...place.circle, radius_km: Math.round(km * 1000) / 1000 } });
              }}
            />
          )}
        </Field>
      ) : null}
      {band ? (
        <p className="text-xs text-ink-2">
          {t("alerts.altitudeBand", { from: (place.altitude ?? 0).toLocaleString(languageTag()), to: place.ceiling === null ? "–" : place.ceiling.toLocaleString(languageTag()) })}
        </p>
      ) : null}
    </li>
  );
}

const KM_PER_MILE = 1.609344;
const shown = (km: number, units: string): number => Math.round((units === "us" ? km / KM_PER_MILE : km) * 1000) / 1000;
