import { FileUp, Pencil, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Area } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { t } from "@/i18n";
import { formatCoordinates } from "@/lib/coordinates";

interface AreaFieldProps {
  value: Area | null;
  error: string | undefined;
  onChange: (area: Area | null) => void;
}

const isArea = (value: unknown): value is Area =>
  typeof value === "object" && value !== null && "type" in value && "coordinates" in value &&
  (value.type === "Polygon" || value.type === "MultiPolygon") && Array.isArray(value.coordinates);

/** A bare geometry, a Feature, or the first Feature of a collection: what people have at hand. */
export function readArea(text: string): Area | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const features = (value as { features?: unknown[] } | null)?.features;
  const inner = Array.isArray(features) ? features[0] : value;
  const geometry = (inner as { geometry?: unknown } | null)?.geometry ?? inner;
  return isArea(geometry) ? { type: geometry.type, coordinates: geometry.coordinates } as Area : null;
}

function describe(area: Area): { summary: string; bounds: string } {
  const polygons = area.type === "Polygon" ? [area.coordinates] : area.coordinates;
  const points = polygons.flat(2);
  const lons = points.map((point) => point[0] ?? 0);
  const lats = points.map((point) => point[1] ?? 0);
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const place = (lon: number, lat: number): string => formatCoordinates([lon, lat]).decimal;
  return {
    summary: t("administration.areaSummary", {
      parts: t("administration.areaParts", { count: polygons.length }),
      points: t("administration.areaPoints", { count: points.length - polygons.flat(1).length }),
    }),
    bounds: t("administration.areaBounds", { from: place(least(lons), least(lats)), to: place(most(lons), most(lats)) }),
  };
}

/** Where an organization is responsible: what is set, in words, and a way to paste or read another. */
export function AreaField({ value, error, onChange }: AreaFieldProps): ReactNode {
  const [text, setText] = useState<string | null>(null);
  const wrong = text !== null && text.trim() !== "" && readArea(text) === null;
  const described = value ? describe(value) : null;
  const take = (given: string): void => {
    setText(given);
    const area = readArea(given);
    if (area) onChange(area);
  };
  return (
    <div className="flex flex-col gap-2">
      <p className="text-xs font-medium text-ink-2">{t("administration.area")}</p>
      <p className="text-sm">
        {described?.summary ?? t("administration.areaNone")}
        {described ? <span className="tabular block text-xs text-ink-3">{described.bounds}</span> : null}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="small" aria-expanded={text !== null} onClick={() => setText(text === null ? (value ? JSON.stringify(value) : "") : null)}>
          <Pencil aria-hidden />
          {t("administration.areaEdit")}
        </Button>
        <FileButton
          size="small"
          label={t("administration.areaFile")}
          accept=".json,.geojson,application/geo+json,application/json"
          onChoose={(chosen) => void chosen.text().then(take)}
        >
          <FileUp aria-hidden />
          {t("administration.areaFile")}
        </FileButton>
        {value ? (
          <Button
            size="small"
            look="quiet"
            onClick={() => {
              setText(null);
              onChange(null);
            }}
          >
            <X aria-hidden />
            {t("administration.areaClear")}
          </Button>
        ) : null}
      </div>
      {text === null ? (
        error ? <p className="text-xs font-medium text-danger">{error}</p> : null
      ) : (
        <Field label={t("administration.areaEdit")} hint={t("administration.areaHint")} error={wrong ? t("administration.areaWrong") : error}>
          {(control) => <Textarea {...control} rows={6} spellCheck={false} className="font-mono text-xs" value={text} onChange={(e) => take(e.target.value)} />}
        </Field>
      )}
    </div>
  );
}
