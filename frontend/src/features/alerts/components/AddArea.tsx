import { useMutation, useQuery } from "@tanstack/react-query";
import { Circle, FileUp, Keyboard, Landmark, Pentagon, Siren, type LucideIcon } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { ResolveAlertArea, ResolvedAlertArea } from "@/api/types";
import { useUnits } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input, Select, Textarea } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { FormProblem } from "@/components/ui/states";
import { t, type MessageKey } from "@/i18n";
import { parseCoordinates } from "@/lib/coordinates";
import { useDebounced } from "@/lib/use-debounced";
import { useExercise } from "@/lib/world";
import type { Drawn } from "@/map/drawing";
import { boundariesQuery, incidentsToChoose, resolveArea } from "../api/compose";
import { emptyPlace, type AlertPlace, type Geometry } from "../content";
import { sentence } from "../findings";
import { polygon, readCorners } from "../geometry";

/** One way to an area; whether it is cut is asked with it. */
type Asked = Omit<ResolveAlertArea, "inside_jurisdiction">;
type Way = "typed" | "boundary" | "incident" | "upload";

interface AddAreaProps {
  incidentId: string | null;
  drawing: Drawn["kind"] | null;
  onDraw: (mode: Drawn["kind"]) => void;
  onAdd: (places: AlertPlace[]) => void;
}

/** Every way to an area: by mouse, by keyboard, by name, from an incident, from a file. */
export function AddArea({ incidentId, drawing, onDraw, onAdd }: AddAreaProps): ReactNode {
  const [way, setWay] = useState<Way | null>(null);
  const done = (places: AlertPlace[]): void => {
    onAdd(places);
    setWay(null);
  };
  return (
    <div className="no-print">
      <div role="group" aria-label={t("alerts.addArea")} className="flex flex-wrap gap-1.5 p-3">
        {(
          [
            ["polygon", "alerts.drawPolygon", Pentagon],
            ["circle", "alerts.drawCircle", Circle],
          ] as const
        ).map(([mode, label, Icon]) => (
          <Button
            key={mode}
            size="small"
            aria-pressed={drawing === mode}
            look={drawing === mode ? "primary" : "plain"}
            onClick={() => {
              setWay(null);
              onDraw(mode);
            }}
          >
            <Icon aria-hidden />
            {t(label)}
          </Button>
        ))}
        {(
          [
            ["typed", "alerts.wayTyped", Keyboard],
            ["boundary", "alerts.wayBoundary", Landmark],
            ["incident", "alerts.wayIncident", Siren],
            ["upload", "alerts.wayUpload", FileUp],
          ] as const satisfies readonly (readonly [Way, MessageKey, LucideIcon])[]
        ).map(([each, label, Icon]) => (
          <Button key={each} size="small" aria-expanded={way === each} onClick={() => setWay(way === each ? null : each)}>
            <Icon aria-hidden />
            {t(label)}
          </Button>
        ))}
      </div>
      {way ? (
        <div className="border-t border-line bg-surface-0 p-3">
          {way === "typed" ? <Typed onAdd={done} /> : null}
          {way === "boundary" ? <Boundary onAdd={done} /> : null}
          {way === "incident" ? <OfIncident incidentId={incidentId} onAdd={done} /> : null}
          {way === "upload" ? <Upload onAdd={done} /> : null}
        </div>
      ) : null}
    </div>
  );
}

const KM_PER_MILE = 1.609344;

/** Corners, or a centre and a radius, in any notation that is said over the radio. */
function Typed({ onAdd }: { onAdd: (places: AlertPlace[]) => void }): ReactNode {
  const units = useUnits();
  const [form, setForm] = useState({ kind: "polygon", corners: "", centre: "", radius: "" });
  const [checked, setChecked] = useState(false);
  const typed = readCorners(form.corners);
  const centre = parseCoordinates(form.centre);
  const radius = Number(form.radius.replace(",", ".")) * (units === "us" ? KM_PER_MILE : 1);
  const cornersWrong = typed.wrong ? t("alerts.typedWrong", { line: typed.wrong }) : typed.corners.length < 3 ? t("alerts.typedFew") : undefined;
  const centreWrong = centre ? undefined : t("incidents.locationWrong");
  const radiusWrong = radius > 0 ? undefined : t("alerts.radiusWrong");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.kind === "polygon") {
      if (!cornersWrong) onAdd([{ ...emptyPlace(), geometry: polygon(typed.corners), origin: { kind: "drawn", id: null, name: "" } }]);
    } else if (centre && !radiusWrong) {
      onAdd([{ ...emptyPlace(), circle: { longitude: centre[0], latitude: centre[1], radius_km: Math.round(radius * 1000) / 1000 }, origin: { kind: "circle", id: null, name: "" } }]);
    }
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3">
      <Field label={t("alerts.typedKind")} className="w-48">
        {(control) => (
          <Select {...control} value={form.kind} onChange={(e) => setForm({ ...form, kind: e.target.value })}>
            <option value="polygon">{t("alerts.typedPolygon")}</option>
            <option value="circle">{t("alerts.typedCircle")}</option>
          </Select>
        )}
      </Field>
      {form.kind === "polygon" ? (
        <Field label={t("alerts.typedCorners")} hint={t("alerts.typedCornersHint")} error={typed.wrong || checked ? cornersWrong : undefined}>
          {(control) => (
            <Textarea {...control} autoFocus rows={5} spellCheck={false} className="tabular max-w-lg font-mono" value={form.corners} onChange={(e) => setForm({ ...form, corners: e.target.value })} />
          )}
        </Field>
      ) : (
        <div className="grid max-w-lg gap-3 sm:grid-cols-[1fr_9rem]">
          <Field label={t("alerts.typedCentre")} hint={t("incidents.locationHint")} error={checked ? centreWrong : undefined}>
            {(control) => <Input {...control} autoFocus autoComplete="off" value={form.centre} onChange={(e) => setForm({ ...form, centre: e.target.value })} />}
          </Field>
          <Field label={t(units === "us" ? "alerts.radiusMiles" : "alerts.radiusKm")} error={checked ? radiusWrong : undefined}>
            {(control) => <Input {...control} inputMode="decimal" value={form.radius} onChange={(e) => setForm({ ...form, radius: e.target.value })} />}
          </Field>
        </div>
      )}
      <Button type="submit" look="primary" className="self-start">
        {t("alerts.addArea")}
      </Button>
    </form>
  );
}

const placeOf = (found: ResolvedAlertArea, origin: AlertPlace["origin"], named = ""): AlertPlace => ({
  ...emptyPlace(),
  description: found.description || named,
  geometry: found.geometry as Geometry | null,
  origin,
});

interface Resolving {
  ask: (asked: Asked, origin: AlertPlace["origin"], named?: string) => void;
  busy: boolean;
  view: ReactNode;
  inside: boolean;
}

/** Ask the server for an area; what it finds wrong is said here, and nothing is added. */
function useResolving(onAdd: (places: AlertPlace[]) => void): Resolving {
  const [inside, setInside] = useState(false);
  const resolve = useMutation({
    mutationFn: async ({ asked }: { asked: Asked; origin: AlertPlace["origin"]; named: string }) => resolveArea({ ...asked, inside_jurisdiction: inside }),
    onSuccess: (found, { origin, named }) => {
      if (found.geometry) onAdd([placeOf(found, origin, named)]);
    },
  });
  const faults = resolve.data && !resolve.data.geometry ? resolve.data.findings : [];
  return {
    ask: (asked, origin, named = "") => resolve.mutate({ asked, origin, named }),
    busy: resolve.isPending,
    inside,
    view: (
      <>
        <Checkbox label={t("alerts.insideJurisdiction")} checked={inside} onChange={(e) => setInside(e.target.checked)} />
        <FormProblem error={resolve.error} />
        {faults.length > 0 ? (
          <ul role="alert" className="text-sm font-medium text-danger">
            {faults.map((fault) => (
              <li key={`${fault.code} ${fault.pointer}`}>{sentence(fault.detail)}</li>
            ))}
          </ul>
        ) : null}
      </>
    ),
  };
}

function Boundary({ onAdd }: { onAdd: (places: AlertPlace[]) => void }): ReactNode {
  const [q, setQ] = useState("");
  const query = useQuery(boundariesQuery(useDebounced(q.trim(), 250)));
  const resolving = useResolving(onAdd);
  return (
    <div className="flex flex-col gap-2">
      <Field label={t("alerts.boundarySearch")} hint={t("alerts.boundaryHint")} className="max-w-lg">
        {(control) => <Input {...control} autoFocus type="search" autoComplete="off" value={q} onChange={(e) => setQ(e.target.value)} />}
      </Field>
      {resolving.view}
      <QueryView query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-sm text-ink-3">{t(q ? "alerts.boundaryNone" : "alerts.boundariesEmpty")}</p>
          ) : (
            <ul aria-busy={query.isFetching || undefined} className="max-h-56 max-w-lg overflow-y-auto rounded-md border border-line bg-surface-1">
              {items.map((one) => (
                <li key={one.id}>
                  <button
                    type="button"
                    disabled={resolving.busy}
                    className="flex min-h-8 w-full items-center gap-2 px-3 text-start hover:bg-surface-2 focus-visible:-outline-offset-2 coarse:min-h-11"
                    onClick={() => resolving.ask({ boundary_ids: [one.id] }, { kind: "boundary", id: one.id, name: one.name }, one.name)}
                  >
                    <span className="min-w-0 flex-1 truncate font-medium">{one.name}</span>
                    <span className="tabular text-xs text-ink-3">
                      {one.kind} · {one.code}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </div>
  );
}

function OfIncident({ incidentId, onAdd }: { incidentId: string | null; onAdd: (places: AlertPlace[]) => void }): ReactNode {
  const query = useQuery(incidentsToChoose(useExercise()));
  const [chosen, setChosen] = useState(incidentId ?? "");
  const resolving = useResolving(onAdd);
  const items = (query.data?.items ?? []).filter((incident) => incident.has_area);
  const name = items.find(({ id }) => id === chosen)?.name ?? "";
  return (
    <form
      className="flex max-w-lg flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) resolving.ask({ incident_id: chosen }, { kind: "incident", id: chosen, name }, name);
      }}
    >
      <QueryView query={query}>
        {() =>
          items.length === 0 ? (
            <p className="text-sm text-ink-3">{t("alerts.incidentsNoArea")}</p>
          ) : (
            <>
              <Field label={t("alerts.incident")}>
                {(control) => (
                  <Select {...control} value={chosen} onChange={(e) => setChosen(e.target.value)}>
                    <option value="">–</option>
                    {items.map((incident) => (
                      <option key={incident.id} value={incident.id}>
                        {incident.name}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {resolving.view}
              <Button type="submit" look="primary" className="self-start" busy={resolving.busy} disabled={!chosen}>
                {t("alerts.takeArea")}
              </Button>
            </>
          )
        }
      </QueryView>
    </form>
  );
}

/** What the API takes of an uploaded file; null when it is neither GeoJSON nor KML. */
function asked(text: string): Asked | null {
  if (/^\s*(<\?xml|<kml)/i.test(text)) return { kml: text };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { geojson: value as Record<string, unknown> } : null;
  } catch {
    return null;
  }
}

function Upload({ onAdd }: { onAdd: (places: AlertPlace[]) => void }): ReactNode {
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const resolving = useResolving(onAdd);
  const take = (given: string, from: string): void => {
    const wanted = asked(given);
    setWrong(wanted ? null : t("alerts.uploadWrong"));
    if (wanted) resolving.ask(wanted, { kind: "upload", id: null, name: from.slice(0, 200) });
  };
  return (
    <form
      className="flex max-w-lg flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        take(text, name);
      }}
    >
      <div className="flex items-center gap-2">
        <FileButton
          label={t("alerts.chooseFile")}
          accept=".json,.geojson,.kml,application/geo+json,application/json,application/vnd.google-earth.kml+xml"
          onChoose={(chosen) => {
            setName(chosen.name);
            chosen.text().then(
              (given) => take(given, chosen.name),
              (error: unknown) => setWrong(asProblem(error).message),
            );
          }}
        >
          <FileUp aria-hidden />
          {t("alerts.chooseFile")}
        </FileButton>
        <span className="truncate text-xs text-ink-3">{name || t("alerts.fileKinds")}</span>
      </div>
      <Field label={t("alerts.pasteArea")} error={wrong ?? undefined}>
        {(control) => <Textarea {...control} rows={3} spellCheck={false} className="font-mono text-xs" value={text} onChange={(e) => setText(e.target.value)} />}
      </Field>
      {resolving.view}
      <Button type="submit" className="self-start" busy={resolving.busy} disabled={text.trim() === ""}>
        {t("alerts.addArea")}
      </Button>
    </form>
  );
}
