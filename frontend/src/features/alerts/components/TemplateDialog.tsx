import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import type { AlertTemplate, AlertTemplateField } from "@/api/types";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Sheet } from "@/components/ui/dialog";
import { Checkbox, Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { addTemplate, changeTemplate, templatesQuery } from "../api/library";
import { EMPTY_CONTENT, whole, type Content } from "../content";
import { WhatFields } from "./WhatFields";
import { WordsFields } from "./WordsFields";

interface FieldForm {
  key: string;
  label: string;
  example: string;
  choices: string;
  required: boolean;
}

interface Form {
  name: string;
  fields: FieldForm[];
  content: Content;
}

const NO_FIELD: FieldForm = { key: "", label: "", example: "", choices: "", required: true };

const toForm = (template: AlertTemplate | null): Form => ({
  name: template?.name ?? "",
  fields: (template?.fields ?? []).map((field) => ({ key: field.key, label: field.label, example: field.example ?? "", choices: (field.choices ?? []).join(", "), required: field.required })),
  content: template ? whole(template.content) : EMPTY_CONTENT,
});

const toField = ({ key, label, example, choices, required }: FieldForm): AlertTemplateField => ({
  key: key.trim(),
  label: label.trim() || key.trim(),
  required,
  choices: choices.split(",").map((choice) => choice.trim()).filter(Boolean),
  example: example.trim() || null,
});

/** A template is written like an alert, with fields in its texts. */
export function TemplateDialog({ template, onClose }: { template: AlertTemplate | null; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [form, change, clear] = useDraft<Form>(`template.${template?.id ?? "new"}`, toForm(template));
  const [checked, setChecked] = useState(false);
  const wrongKey = form.fields.findIndex(({ key }) => !/^[a-z][a-z0-9_]{0,39}$/.test(key.trim()));
  const save = useMutation({
    mutationFn: () => {
      const body = { name: form.name.trim(), fields: form.fields.map(toField), content: form.content };
      return template ? changeTemplate(template, body) : addTemplate(body);
    },
    onSuccess: (saved) => {
      clear();
      void client.invalidateQueries({ queryKey: templatesQuery.queryKey });
      toast(t("alertLibrary.templateSaved", { name: saved.name }));
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim() && wrongKey === -1) save.mutate();
  };
  const set = (index: number, part: Partial<FieldForm>): void => change({ fields: form.fields.map((field, at) => (at === index ? { ...field, ...part } : field)) });
  const props = { content: form.content, change: (part: Partial<Content>) => change({ content: { ...form.content, ...part } }), findings: [], checked: false, problem };
  return (
    <Sheet open onOpenChange={(open) => (open ? undefined : onClose())} title={t(template ? "alertLibrary.editTemplate" : "alertLibrary.addTemplate")} className="max-w-3xl">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("alertLibrary.templateName")} hint={t("alertLibrary.templateNameHint")} error={checked && !form.name.trim() ? t("alertLibrary.nameNeeded") : problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        <Section
          title={t("alertLibrary.templateFields")}
          actions={
            <Button size="small" onClick={() => change({ fields: [...form.fields, NO_FIELD] })}>
              <Plus aria-hidden />
              {t("alertLibrary.addField")}
            </Button>
          }
        >
          <p className="px-3 pt-2 text-xs text-ink-3">{t("alertLibrary.templateFieldsHint")}</p>
          <ol className="flex flex-col divide-y divide-line">
            {form.fields.map((field, index) => (
              <li key={index} className="grid items-start gap-2 p-3 sm:grid-cols-[8rem_1fr_1fr_auto]">
                <Field label={t("alertLibrary.fieldKey")} error={checked && index === wrongKey ? t("alertLibrary.fieldWrong") : problem?.field(`/fields/${index}`)}>
                  {(control) => <Input {...control} autoComplete="off" maxLength={40} value={field.key} onChange={(e) => set(index, { key: e.target.value })} />}
                </Field>
                <Field label={t("alertLibrary.fieldLabel")}>
                  {(control) => <Input {...control} maxLength={200} value={field.label} onChange={(e) => set(index, { label: e.target.value })} />}
                </Field>
                <Field label={t("alertLibrary.fieldChoices")}>
                  {(control) => <Input {...control} value={field.choices} onChange={(e) => set(index, { choices: e.target.value })} />}
                </Field>
                <Button look="quiet" size="icon" className="mt-5" aria-label={t("alertLibrary.removeField", { key: field.key })} onClick={() => change({ fields: form.fields.filter((_, at) => at !== index) })}>
                  <Trash2 />
                </Button>
                <Field label={t("alertLibrary.fieldExample")} className="sm:col-span-2">
                  {(control) => <Input {...control} maxLength={200} value={field.example} onChange={(e) => set(index, { example: e.target.value })} />}
                </Field>
                <Checkbox className="sm:pt-5" label={t("alertLibrary.fieldRequired")} checked={field.required} onChange={(e) => set(index, { required: e.target.checked })} />
              </li>
            ))}
          </ol>
        </Section>
        <WhatFields {...props} hasFollowUp={false} />
        <WordsFields {...props} languages={[]} />
        <FormProblem error={save.error} />
        {problem && problem.errors.length > 0 ? (
          <ul className="list-disc ps-5 text-sm text-danger">
            {problem.errors.map((error) => (
              <li key={`${error.pointer} ${error.detail}`}>{error.detail}</li>
            ))}
          </ul>
        ) : null}
        <div className="sticky bottom-0 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-surface-1 p-3">
          <Button
            onClick={() => {
              clear();
              onClose();
            }}
          >
            {t("common.cancel")}
          </Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
