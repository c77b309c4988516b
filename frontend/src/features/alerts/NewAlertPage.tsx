import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Problem } from "@/api/problem";
import type { AlertTemplate, DraftAlert } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { SeverityMark } from "@/components/meanings";
import { Page, Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Forbidden, FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { alertQuery, draftAlert } from "./api/alerts";
import { incidentsToChoose } from "./api/compose";
import { templatesQuery } from "./api/library";
import { whole } from "./content";
import { languageName } from "./languages";

/** Where a draft begins: from a template whose fields are filled here, or from nothing. */
export default function NewAlertPage(): ReactNode {
  const me = useMe();
  const may = useMay("alerts:draft");
  return (
    <Page title={t("alerts.draft")}>
      {!me ? <SkeletonRows rows={10} /> : may ? <Begin /> : <Forbidden permission="alerts:draft" />}
    </Page>
  );
}

interface Form {
  template: string;
  incident: string | null;
  test: boolean;
  values: Record<string, string>;
}

const EMPTY: Form = { template: "", incident: null, test: false, values: {} };

function Begin(): ReactNode {
  const exercise = useExercise();
  const [params] = useSearchParams();
  const chosen = chosenIncidentStore((s) => s.chosen);
  const [form, change, clear] = useDraft<Form>("alert-new", { ...EMPTY, template: params.get("template") ?? "" });
  const [checked, setChecked] = useState(false);
  const templates = useQuery(templatesQuery);
  const incidents = useQuery(incidentsToChoose(exercise)).data?.items ?? [];
  const client = useQueryClient();
  const navigate = useNavigate();
  const template = templates.data?.items.find(({ id }) => id === form.template) ?? null;
  // The chosen incident is meant until someone says otherwise.
  const incident = form.incident ?? params.get("incident") ?? (chosen?.exercise === exercise ? chosen.id : "");
  const values = Object.fromEntries((template?.fields ?? []).flatMap(({ key }) => (form.values[key]?.trim() ? [[key, form.values[key].trim()]] : [])));
  const unfilled = (template?.fields ?? []).some((field) => field.required && !values[field.key]);
  const begin = useMutation({
    mutationFn: () => {
      const body: DraftAlert = {
        exercise,
        test: !exercise && form.test,
        fields: values,
        ...(template ? { template_id: template.id } : {}),
        ...(incident ? { incident_id: incident } : {}),
      };
      return draftAlert(body);
    },
    onSuccess: (alert) => {
      clear();
      client.setQueryData(alertQuery(alert.id).queryKey, alert);
      void client.invalidateQueries({ queryKey: ["alerts", "list"] });
      void navigate(`/alerts/${alert.id}/edit`, { replace: true });
    },
  });
  const problem = begin.error instanceof Problem ? begin.error : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!unfilled) begin.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="flex max-w-3xl flex-col gap-4 p-3 sm:p-4">
      {exercise ? <p className="exercise-band rounded-md px-3 py-1.5 text-sm font-semibold">{t("alerts.draftInExercise")}</p> : null}
      <Section title={t("alerts.template")}>
        <QueryView query={templates} loading={<SkeletonRows rows={4} />}>
          {({ items }) => (
            <fieldset className="flex flex-col divide-y divide-line" aria-label={t("alerts.template")}>
              <TemplateChoice template={null} chosen={template === null} onChoose={() => change({ template: "" })} />
              {items.map((each) => (
                <TemplateChoice key={each.id} template={each} chosen={template?.id === each.id} onChoose={() => change({ template: each.id })} />
              ))}
            </fieldset>
          )}
        </QueryView>
      </Section>
      {template && template.fields.length > 0 ? (
        <Section title={t("alerts.fillIn")}>
          <div className="grid gap-4 p-3 sm:grid-cols-2">
            {template.fields.map((field) => (
              <Field
                key={field.key}
                label={!field.required ? `${field.label} (${t("common.optional")})` : field.label}
                hint={field.example ? t("alerts.example", { example: field.example }) : undefined}
                error={problem?.field(`/fields/${field.key}`) ?? (checked && field.required && !values[field.key] ? t("alerts.fieldNeeded") : undefined)}
              >
                {(control) =>
                  field.choices && field.choices.length > 0 ? (
                    <Select {...control} value={form.values[field.key] ?? ""} onChange={(e) => change({ values: { ...form.values, [field.key]: e.target.value } })}>
                      <option value="">–</option>
                      {field.choices.map((choice) => (
                        <option key={choice} value={choice}>
                          {choice}
                        </option>
                      ))}
                    </Select>
                  ) : (
                    <Input {...control} autoComplete="off" maxLength={500} value={form.values[field.key] ?? ""} onChange={(e) => change({ values: { ...form.values, [field.key]: e.target.value } })} />
                  )
                }
              </Field>
            ))}
          </div>
        </Section>
      ) : null}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("alerts.incident")} error={problem?.field("/incident_id")}>
          {(control) => (
            <Select {...control} value={incident} onChange={(e) => change({ incident: e.target.value })}>
              <option value="">{t("alerts.noIncident")}</option>
              {chosen?.exercise === exercise && !incidents.some(({ id }) => id === chosen.id) ? <option value={chosen.id}>{chosen.name}</option> : null}
              {incidents.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {exercise ? null : (
          <div>
            <Checkbox className="sm:pt-5" label={t("alerts.test")} checked={form.test} onChange={(e) => change({ test: e.target.checked })} />
            <p className="text-xs text-ink-3">{t("alerts.testHint")}</p>
          </div>
        )}
      </div>
      <FormProblem error={begin.error} />
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={begin.isPending}>
          {t("alerts.begin")}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            clear();
            void navigate(-1);
          }}
        >
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface TemplateChoiceProps {
  template: AlertTemplate | null;
  chosen: boolean;
  onChoose: () => void;
}

function TemplateChoice({ template, chosen, onChoose }: TemplateChoiceProps): ReactNode {
  const content = template ? whole(template.content) : null;
  return (
    <label className="flex min-h-10 cursor-pointer items-center gap-3 px-3 py-1 hover:bg-surface-2/60 has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent coarse:min-h-11">
      <input type="radio" name="template" className="accent-(--accent)" checked={chosen} onChange={onChoose} />
      <span className="min-w-0 flex-1 font-medium">{template?.name ?? t("alerts.blank")}</span>
      {content ? (
        <>
          <span className="truncate text-xs text-ink-3 max-sm:hidden">{content.texts.map((words) => languageName(words.language)).join(", ")}</span>
          <SeverityMark severity={content.severity} className="w-24 text-xs" />
        </>
      ) : (
        <span className="text-xs text-ink-3">{t("alerts.blankDetail")}</span>
      )}
    </label>
  );
}
