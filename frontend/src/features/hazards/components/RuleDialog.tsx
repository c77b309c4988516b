import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { AddProposalRule, AlertLevel, HazardKind, ProposalRule } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { addRule, changeRule } from "../api/rules";

export const KINDS: readonly HazardKind[] = [
  "earthquake", "quarry-blast", "explosion", "mine-collapse", "landslide", "volcanic-eruption", "ice-quake", "sonic-boom", "other",
];
const LEVELS: readonly AlertLevel[] = ["green", "yellow", "orange", "red"];

const number = (text: string): number | null => (text.trim() === "" ? null : Number(text));

/** Every condition that is given must hold; an empty one is none. */
export function RuleDialog({ rule, onClose }: { rule: ProposalRule | null; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [form, setForm] = useState(() => ({
    name: rule?.name ?? "",
    kind: rule ? rule.kind : ("earthquake" as const),
    magnitude: rule?.minimum_magnitude?.toString() ?? "",
    within: rule?.within_km?.toString() ?? "",
    levels: rule?.alert_levels ?? [],
    tsunami: rule?.tsunami === true,
  }));
  const [checked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const body: AddProposalRule & { enabled: boolean } = {
        name: form.name.trim(),
        enabled: rule?.enabled ?? true,
        kind: form.kind,
        minimum_magnitude: number(form.magnitude),
        within_km: number(form.within),
        alert_levels: form.levels,
        // "No tsunami flag" is a condition too, which only the API can set: it stays until the box is ticked.
        tsunami: form.tsunami || (rule?.tsunami === false ? false : null),
      };
      return rule ? changeRule(rule, body) : addRule(body);
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["hazards"] });
      toast(t("common.saved"));
      onClose();
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim()) save.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t(rule ? "hazards.editRule" : "hazards.addRule")} description={t("hazards.ruleExplained")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("hazards.ruleName")} error={(checked && !form.name.trim() ? t("hazards.ruleNameNeeded") : undefined) ?? problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={form.name} onChange={(e) => setForm({ ...form, name: e.target.value })} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("hazards.ruleKind")} error={problem?.field("/kind")} className="sm:col-span-2">
            {(control) => (
              <Select {...control} value={form.kind ?? ""} onChange={(e) => setForm({ ...form, kind: KINDS.find((kind) => kind === e.target.value) ?? null })}>
                <option value="">{t("hazards.ruleAnyKind")}</option>
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {t(`hazards.kind.${kind}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label={t("hazards.ruleMagnitude")} error={problem?.field("/minimum_magnitude")}>
            {(control) => <Input {...control} type="number" step="0.1" value={form.magnitude} onChange={(e) => setForm({ ...form, magnitude: e.target.value })} />}
          </Field>
          <Field label={t("hazards.ruleWithin")} hint={t("hazards.ruleWithinHint")} error={problem?.field("/within_km")}>
            {(control) => <Input {...control} type="number" min="1" value={form.within} onChange={(e) => setForm({ ...form, within: e.target.value })} />}
          </Field>
        </div>
        <fieldset>
          <legend className="text-xs font-medium text-ink-2">{t("hazards.ruleLevels")}</legend>
          <div className="flex flex-wrap gap-x-4">
            {LEVELS.map((level) => (
              <Checkbox
                key={level}
                label={t(`hazards.alert.${level}`)}
                checked={form.levels.includes(level)}
                onChange={(e) => setForm({ ...form, levels: e.target.checked ? [...form.levels, level] : form.levels.filter((each) => each !== level) })}
              />
            ))}
          </div>
        </fieldset>
        <Checkbox label={t("hazards.ruleTsunami")} checked={form.tsunami} onChange={(e) => setForm({ ...form, tsunami: e.target.checked })} />
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
