import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { AlertCategory, AlertCertainty, AlertResponse, AlertUrgency } from "@/api/types";
import { SEVERITIES, SEVERITY_SHAPE, severityColour } from "@/components/meanings";
import { Section } from "@/components/Page";
import { Chip } from "@/components/ui/badge";
import { Field, Input, Select, Textarea } from "@/components/ui/field";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { fromLocalInput, timeZone, toLocalInput } from "@/lib/time";
import { termsQuery } from "../api/compose";
import { errorAt, warningAt, type FieldsProps } from "../findings";

export const URGENCIES: readonly AlertUrgency[] = ["Immediate", "Expected", "Future", "Past", "Unknown"];
export const CERTAINTIES: readonly AlertCertainty[] = ["Observed", "Likely", "Possible", "Unlikely", "Unknown"];
const RESPONSES: readonly AlertResponse[] = ["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"];
const CATEGORIES: readonly AlertCategory[] = ["Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"];
const DURATIONS = [30, 60, 120, 180, 360, 720, 1440, 2880] as const;

/** What it is about, how bad, what to do, and until when. */
export function WhatFields(props: FieldsProps & { hasFollowUp: boolean }): ReactNode {
  const { content, change, hasFollowUp } = props;
  const terms = useQuery(termsQuery).data?.items ?? [];
  const choose = (key: string): void => {
    const term = terms.find((each) => each.key === key);
    const category = term && content.categories.length === 0 ? CATEGORIES.filter((each) => each === term.category) : content.categories;
    change({ term: key || null, categories: [...category] });
  };
  return (
    <Section title={t("alerts.what")} className="@container">
      <div className="grid gap-x-4 gap-y-3 p-3 @lg:grid-cols-2">
        <div data-at="/term" className="contents">
          <Field label={t("alerts.hazard")} hint={t("alerts.hazardHint")} error={errorAt(props, "/term")}>
            {(control) => (
              <Select {...control} value={content.term ?? ""} onChange={(e) => choose(e.target.value)}>
                <option value="">{t("common.unknown")}</option>
                {content.term && !terms.some(({ key }) => key === content.term) ? <option value={content.term}>{content.term}</option> : null}
                {terms.map(({ key, term }) => (
                  <option key={key} value={key}>
                    {term}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Until {...props} />
        <Choices
          at="/severity"
          label={t("alerts.severity")}
          values={SEVERITIES}
          chosen={content.severity}
          name={(value) => t(`common.severity.${value}`)}
          mark={(value) => <span aria-hidden style={{ color: severityColour(value) }}>{SEVERITY_SHAPE[value]}</span>}
          warning={warningAt(props, "/severity")}
          onChoose={(severity) => change({ severity })}
          className="@lg:col-span-2"
        />
        <Choices
          at="/urgency"
          label={t("alerts.urgency")}
          values={URGENCIES}
          chosen={content.urgency}
          name={(value) => t(`alerts.urgency.${value}`)}
          warning={warningAt(props, "/urgency")}
          onChoose={(urgency) => change({ urgency })}
          className="@lg:col-span-2"
        />
        <Choices
          at="/certainty"
          label={t("alerts.certainty")}
          values={CERTAINTIES}
          chosen={content.certainty}
          name={(value) => t(`alerts.certainty.${value}`)}
          warning={warningAt(props, "/certainty")}
          onChoose={(certainty) => change({ certainty })}
          className="@lg:col-span-2"
        />
        <Many
          at="/response_types"
          label={t("alerts.response")}
          values={RESPONSES}
          chosen={content.response_types}
          name={(value) => t(`alerts.response.${value}`)}
          said={warningAt(props, "/response_types")}
          onChange={(values) => change({ response_types: values })}
        />
        <Many
          at="/categories"
          label={t("alerts.categories")}
          values={CATEGORIES}
          chosen={content.categories}
          name={(value) => t(`alerts.category.${value}`)}
          wrong={errorAt(props, "/categories")}
          onChange={(values) => change({ categories: values })}
        />
        <details className="@lg:col-span-2" open={hasFollowUp || content.note !== "" || content.onset !== null || content.effective !== null ? true : undefined}>
          <summary className="cursor-pointer text-sm font-medium text-accent coarse:py-2.5">{t("alerts.more")}</summary>
          <div className="grid gap-x-4 gap-y-3 pt-3 @lg:grid-cols-2">
            <Moment {...props} name="onset" />
            <Moment {...props} name="effective" />
            <div data-at="/note" className="@lg:col-span-2">
              <Field label={t(hasFollowUp ? "alerts.noteOfFollowUp" : "alerts.note")} hint={t("alerts.noteHint")} error={errorAt(props, "/note")}>
                {(control) => <Textarea {...control} rows={2} maxLength={2000} value={content.note} onChange={(e) => change({ note: e.target.value })} />}
              </Field>
            </div>
          </div>
        </details>
      </div>
    </Section>
  );
}

interface ChoicesProps<Value extends string> {
  at: string;
  label: string;
  values: readonly Value[];
  chosen: Value;
  name: (value: Value) => string;
  mark?: (value: Value) => ReactNode;
  warning?: string | undefined;
  onChoose: (value: Value) => void;
  className?: string;
}

/** One of a few words, all in sight. */
function Choices<Value extends string>({ at, label, values, chosen, name, mark, warning, onChoose, className }: ChoicesProps<Value>): ReactNode {
  return (
    <fieldset data-at={at} className={cn("min-w-0", className)}>
      <legend className="pb-1 text-xs font-medium text-ink-2">{label}</legend>
      <div className="flex flex-wrap gap-1.5">
        {values.map((value) => (
          <label
            key={value}
            className="inline-flex h-8 cursor-pointer items-center gap-1.5 rounded-md border border-line-strong/60 bg-surface-1 px-2.5 text-sm font-medium text-ink-2 has-checked:border-accent has-checked:bg-accent-soft has-checked:text-ink-1 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent coarse:h-11"
          >
            <input type="radio" name={at} className="sr-only" checked={chosen === value} onChange={() => onChoose(value)} />
            {mark?.(value)}
            {name(value)}
          </label>
        ))}
      </div>
      {warning ? <p className="pt-1 text-xs text-warning">{warning}</p> : null}
    </fieldset>
  );
}

interface ManyProps<Value extends string> extends Pick<ChoicesProps<Value>, "at" | "label" | "values" | "name"> {
  chosen: readonly Value[];
  said?: string | undefined;
  wrong?: string | undefined;
  onChange: (values: Value[]) => void;
}

function Many<Value extends string>({ at, label, values, chosen, name, said, wrong, onChange }: ManyProps<Value>): ReactNode {
  return (
    <fieldset data-at={at} className="min-w-0 @lg:col-span-2">
      <legend className="pb-1 text-xs font-medium text-ink-2">{label}</legend>
      <div className="flex flex-wrap gap-1.5">
        {values.map((value) => (
          <Chip key={value} selected={chosen.includes(value)} onToggle={() => onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value])}>
            {name(value)}
          </Chip>
        ))}
      </div>
      {said ? <p className="pt-1 text-xs text-warning">{said}</p> : null}
      {wrong ? <p className="pt-1 text-xs font-medium text-danger">{wrong}</p> : null}
    </fieldset>
  );
}

/** When it ends: so long after it is published, or at a moment. */
function Until(props: FieldsProps): ReactNode {
  const { content, change } = props;
  const moment = content.expires !== null;
  const minutes = content.expires_after_minutes;
  const error = errorAt(props, "/expires") ?? errorAt(props, "/expires_after_minutes");
  return (
    <div data-at="/expires" className="flex min-w-0 flex-col gap-1.5">
      <Field label={t("alerts.expires")} error={moment ? undefined : error} hint={moment ? undefined : t("alerts.expiresHint")}>
        {(control) => (
          <Select
            {...control}
            value={moment ? "moment" : (minutes ?? "")}
            onChange={(e) => {
              const { value } = e.target;
              if (value === "moment") change({ expires: soon(), expires_after_minutes: null });
              else change({ expires: null, expires_after_minutes: value ? Number(value) : null });
            }}
          >
            <option value="">{t("alerts.expiresChoose")}</option>
            {[...new Set([...DURATIONS, ...(minutes ? [minutes] : [])])].sort((a, b) => a - b).map((each) => (
              <option key={each} value={each}>
                {t("alerts.expiresAfter", { duration: duration(each) })}
              </option>
            ))}
            <option value="moment">{t("alerts.expiresAt")}</option>
          </Select>
        )}
      </Field>
      {content.expires !== null ? (
        <Field label={t("alerts.expiresAt")} hideLabel hint={timeZone()} error={error}>
          {(control) => (
            <Input {...control} type="datetime-local" value={toLocalInput(content.expires ?? soon())} onChange={(e) => (e.target.value ? change({ expires: fromLocalInput(e.target.value) }) : undefined)} />
          )}
        </Field>
      ) : null}
    </div>
  );
}

const HOUR_MS = 3_600_000;
const soon = (): string => new Date(Math.ceil((Date.now() + 3 * HOUR_MS) / HOUR_MS) * HOUR_MS).toISOString().replace(".000Z", "Z");

export const duration = (minutes: number): string => {
  if (minutes < 60) return t("common.minutes", { count: minutes });
  if (minutes % 1440 === 0) return t("common.days", { count: minutes / 1440 });
  return minutes % 60 === 0 ? t("common.hours", { count: minutes / 60 }) : `${t("common.hours", { count: Math.floor(minutes / 60) })} ${t("common.minutes", { count: minutes % 60 })}`;
};

function Moment({ name, ...props }: FieldsProps & { name: "onset" | "effective" }): ReactNode {
  const value = props.content[name];
  return (
    <div data-at={`/${name}`}>
      <Field label={`${t(`alerts.${name}`)} (${t("common.optional")})`} hint={timeZone()} error={errorAt(props, `/${name}`)}>
        {(control) => (
          <Input {...control} type="datetime-local" value={value ? toLocalInput(value) : ""} onChange={(e) => props.change({ [name]: e.target.value ? fromLocalInput(e.target.value) : null })} />
        )}
      </Field>
    </div>
  );
}
