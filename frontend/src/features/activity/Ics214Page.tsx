import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, Printer } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import type { Ics214 } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { Page } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Forbidden } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { useFilter } from "@/lib/search-params";
import { localTime, timeZone } from "@/lib/time";
import { useExercise } from "@/lib/world";
import { downloadIcs214, ics214Query, type Ics214Choice } from "./api/activity";
import { incidentQuery } from "./api/choices";
import { Bounds, IncidentSelect, PersonSelect } from "./Filters";
import { Ics214Form } from "./Ics214Form";

/** What the address asks for; the incident someone works in when it asks for nothing. */
function useChoice(): Ics214Choice {
  const { get } = useFilter();
  const exercise = useExercise();
  const chosen = chosenIncidentStore((s) => s.chosen);
  const personId = get("person");
  const fallback = personId === null && chosen?.exercise === exercise ? chosen.id : null;
  const incident = get("incident");
  return { incidentId: incident === "none" ? null : (incident ?? fallback), personId, since: get("since"), until: get("until") };
}

/** The Activity Log of an incident, or of a person, for a period: to read, print and hand over. */
export default function Ics214Page(): ReactNode {
  const { set } = useFilter();
  const me = useMe();
  const may = useMay("activity:read");
  const choice = useChoice();
  const form = useQuery({ ...ics214Query(choice), enabled: may && (choice.incidentId !== null || choice.personId !== null) });
  const incident = useQuery(incidentQuery(choice.incidentId));
  const save = useMutation({
    mutationFn: (format: "csv" | "html") => downloadIcs214(choice, format, fileName(form.data)),
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
  });
  const periods = incident.data?.periods ?? [];
  const period = periods.find((each) => each.starts_at === choice.since && each.ends_at === choice.until);
  const ready = form.data !== undefined;
  if (me && !may) return <Page title={t("activity.ics214Title")}><Forbidden permission="activity:read" /></Page>;
  return (
    <Page
      title={t("activity.ics214Title")}
      actions={
        <>
          {(["csv", "html"] as const).map((format) => (
            <Button key={format} disabled={!ready} busy={save.isPending && save.variables === format} onClick={() => save.mutate(format)} aria-label={`${t("activity.download")} ${format.toUpperCase()}`}>
              <Download aria-hidden />
              {t(format === "csv" ? "activity.downloadCsv" : "activity.downloadHtml")}
            </Button>
          ))}
          <Button look="primary" disabled={!ready} onClick={() => print()}>
            <Printer aria-hidden />
            {t("common.print")}
          </Button>
        </>
      }
    >
      <div className="no-print flex flex-wrap items-end gap-2 border-b border-line bg-surface-1 px-4 py-2 max-sm:grid max-sm:grid-cols-2">
        <IncidentSelect value={choice.incidentId} onChange={(id) => set({ incident: id ?? "none", since: null, until: null })} none={t("activity.noIncident")} />
        <PersonSelect value={choice.personId} onChange={(person) => set({ person })} />
        {periods.length > 0 ? (
          <Field label={t("activity.operationalPeriod")} className="sm:w-44">
            {(control) => (
              <Select
                {...control}
                value={period?.id ?? ""}
                onChange={(e) => {
                  const wanted = periods.find((each) => each.id === e.target.value);
                  set({ since: wanted?.starts_at ?? null, until: wanted?.ends_at ?? null });
                }}
              >
                <option value="">{t("activity.wholeIncident")}</option>
                {periods.map((each) => (
                  <option key={each.id} value={each.id}>
                    {`${t("activity.operationalPeriodOf", { number: each.number })} · ${localTime(each.starts_at)}`}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ) : null}
        <Bounds since={choice.since} until={choice.until} onChange={set} />
        <p className="text-xs text-ink-3 max-sm:col-span-2 sm:pb-2">{t("activity.inZone", { zone: timeZone().replaceAll("_", " ") })}</p>
      </div>
      {choice.incidentId === null && choice.personId === null ? (
        <Empty title={t("activity.ics214Choose")}>{t("activity.ics214ChooseDetail")}</Empty>
      ) : (
        <QueryView query={form} loading={<SkeletonRows rows={16} className="mx-auto max-w-4xl p-4" />}>
          {(data) => <Ics214Form form={data} />}
        </QueryView>
      )}
    </Page>
  );
}

function fileName(form: Ics214 | undefined): string {
  const parts = [form?.exercise ? t("common.EXERCISE") : "", "ICS-214", form?.incident_name ?? "", form?.person.name ?? ""];
  return parts.filter(Boolean).join(" ").replace(/[^\p{L}\p{N}]+/gu, "-");
}
