import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Field, Input, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { chosenIncidentStore } from "@/lib/chosen-incident";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { openSubscription } from "../api/subscriptions";

/** A few words are enough; it belongs to the incident one works in, if one is chosen. */
export function OpenSubscription({ onClose }: { onClose: () => void }): ReactNode {
  const exercise = useExercise();
  const incident = chosenIncidentStore((s) => (s.chosen?.exercise === exercise ? s.chosen : null));
  const [form, change, clear] = useDraft("notification", { name: "", details: "" });
  const [checked, setChecked] = useState(false);
  const client = useQueryClient();
  const open = useMutation({
    mutationFn: () =>
      openSubscription({ name: form.name.trim(), details: form.details.trim() || null, exercise, incident_id: incident?.id ?? null }),
    onSuccess: ({ name }) => {
      clear();
      void client.invalidateQueries({ queryKey: ["notification"] });
      toast(t("notification.openedToast", { name }));
      onClose();
    },
  });
  const problem = open.error instanceof Problem ? open.error : null;
  const missing = checked && !form.name.trim() ? t("notification.nameMissing") : undefined;
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim()) open.mutate();
  }
  return (
    <Section title={t("notification.open")} className="m-3 max-w-2xl">
      <form onSubmit={submit} noValidate className="flex flex-col gap-3 p-3">
        {incident ? <p className="text-sm text-ink-2">{t("notification.forIncident", { name: incident.name })}</p> : null}
        <Field label={t("notification.name")} error={missing ?? problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        <Field label={`${t("notification.details")} (${t("common.optional")})`} error={problem?.field("/details")}>
          {(control) => <Textarea {...control} maxLength={10000} value={form.details} onChange={(e) => change({ details: e.target.value })} />}
        </Field>
        <FormProblem error={open.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={open.isPending}>
            {t("notification.open")}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </div>
      </form>
    </Section>
  );
}
