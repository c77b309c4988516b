import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import type { Incident, IncidentDetail } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { changeIncident, incidentQuery } from "../api/incidents";
import { mergeEdits, type FieldName } from "../merge";
import { MoreFields, NameField, placeError, toChange, toForm, type IncidentForm } from "./IncidentFields";

interface EditIncidentProps {
  incident: IncidentDetail;
  onClose: () => void;
}

interface Contest {
  theirs: IncidentForm;
  merged: IncidentForm;
  fields: readonly FieldName[];
}

/**
 * Edit an incident. When someone else saved meanwhile, changes to different fields simply come together;
 * only a field that both changed is shown side by side.
 */
export function EditIncident({ incident, onClose }: EditIncidentProps): ReactNode {
  const client = useQueryClient();
  // What the form started from; a live update in the meantime must not change it.
  const [base, setBase] = useState(() => ({ version: incident.version, form: toForm(incident) }));
  const [form, setForm] = useState(base.form);
  const [checked, setChecked] = useState(false);
  const [contest, setContest] = useState<Contest | null>(null);

  async function save(wanted: IncidentForm, from: typeof base): Promise<Incident | "unchanged" | "contested"> {
    const changes = changed(from.form, wanted);
    if (Object.keys(changes).length === 0) return "unchanged";
    try {
      return await changeIncident(incident.id, from.version, changes);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) throw error;
      const saved = await client.query({ ...incidentQuery(incident.id), staleTime: 0 });
      const newBase = { version: saved.version, form: toForm(saved) };
      const { merged, contested } = mergeEdits(from.form, wanted, newBase.form);
      if (contested.length === 0) return save(merged, newBase);
      setBase(newBase);
      setContest({ theirs: newBase.form, merged, fields: contested });
      return "contested";
    }
  }

  const edit = useMutation({
    mutationFn: (wanted: IncidentForm) => save(wanted, base),
    onSuccess: (saved) => {
      if (saved === "contested") return;
      void client.invalidateQueries({ queryKey: ["incidents"] });
      toast(t("common.saved"));
      onClose();
    },
  });
  const problem = edit.error instanceof Problem ? edit.error : null;
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim() && !placeError(form)) edit.mutate(form);
  }
  const fields = { form, onChange: (change: Partial<IncidentForm>) => setForm({ ...form, ...change }), problem, checked };
  const closeOnEscape = (open: boolean): void => (open ? undefined : onClose());

  if (contest) {
    return (
      <Dialog open onOpenChange={closeOnEscape} title={t("incidents.conflictTitle", { name: incident.name })} description={t("incidents.conflictDetail")} className="max-w-2xl">
        <ChooseVersions contest={contest} busy={edit.isPending} onSave={(chosen) => edit.mutate(chosen)} />
        <FormProblem error={edit.error} />
      </Dialog>
    );
  }
  return (
    <Dialog open onOpenChange={closeOnEscape} title={t("incidents.editTitle")} className="max-w-2xl">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <NameField {...fields} />
        <MoreFields {...fields} />
        <FormProblem error={edit.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={edit.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Only the fields that differ are sent, so that two people rarely meet in one. */
function changed(before: IncidentForm, after: IncidentForm): Partial<ReturnType<typeof toChange>> {
  const from = toChange(before);
  const to = toChange(after);
  const differing = Object.entries(to).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(from[name as keyof typeof from]));
  return Object.fromEntries(differing);
}

const LABEL = {
  name: "incidents.name",
  kind: "incidents.kind",
  complexity: "incidents.complexity",
  severity: "incidents.severity",
  place: "incidents.location",
  address: "incidents.address",
  summary: "incidents.summary",
} as const;

interface ChooseVersionsProps {
  contest: Contest;
  busy: boolean;
  onSave: (chosen: IncidentForm) => void;
}

function ChooseVersions({ contest, busy, onSave }: ChooseVersionsProps): ReactNode {
  const [chosen, setChosen] = useState(contest.merged);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(chosen);
      }}
    >
      {contest.fields.map((field) => (
        <fieldset key={field} className="grid gap-2 sm:grid-cols-2">
          <legend className="mb-1 text-xs font-medium text-ink-2">{t(LABEL[field])}</legend>
          {(["theirs", "merged"] as const).map((side) => (
            <div key={side} className="flex gap-2 rounded-md border border-line-strong/60 p-2 has-checked:border-accent has-checked:bg-accent-soft">
              <input
                type="radio"
                id={`${field}-${side}`}
                name={field}
                checked={chosen[field] === contest[side][field]}
                onChange={() => setChosen({ ...chosen, [field]: contest[side][field] })}
              />
              <label htmlFor={`${field}-${side}`} className="min-w-0">
                {t(side === "theirs" ? "incidents.conflictTheirs" : "incidents.conflictMine")}
                <span className="block font-medium break-words whitespace-pre-wrap">{contest[side][field] || "–"}</span>
              </label>
            </div>
          ))}
        </fieldset>
      ))}
      <Button type="submit" look="primary" className="self-end" busy={busy}>
        {t("incidents.conflictSave")}
      </Button>
    </form>
  );
}
