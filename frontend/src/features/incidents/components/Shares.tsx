import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { IncidentDetail, Share } from "@/api/types";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { fromLocalInput, toLocalInput } from "@/lib/time";
import { addShare, organizationsQuery, removeShare } from "../api/work";
import { useSave } from "./use-save";
import { useMayOwn } from "./use-may-in";

const WEEK_MS = 7 * 86_400_000;

const nameOf = (share: Share): string => share.organization_name ?? share.organization_id;

/** Which other organizations see this incident, how much, and until when. */
export function Shares({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayOwn(incident, "incidents:share");
  const [adding, setAdding] = useState(false);
  const remove = useSave(incident.id, (share: Share) => removeShare(incident.id, share.id));
  const add = useSave(incident.id, (share: Pick<Share, "organization_id" | "until" | "access">) => addShare(incident.id, share));
  const onRemove = (share: Share): void => {
    const { organization_id, until, access } = share;
    remove.mutate(share, {
      onSuccess: () => toast(t("incidents.endShare", { name: nameOf(share) }), { undo: () => add.mutate({ organization_id, until, access }) }),
      onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
    });
  };
  return (
    <Section
      title={t("incidents.shares")}
      actions={
        may ? (
          <Button size="small" onClick={() => setAdding(true)}>
            {t("incidents.addShare")}
          </Button>
        ) : null
      }
    >
      {incident.shares.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.sharesEmpty")}</p> : null}
      <ul>
        {incident.shares.map((share) => (
          <li key={share.id} className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 last:border-b-0">
            <span className="min-w-40 flex-1 font-medium">{nameOf(share)}</span>
            <span className="text-ink-2">{t(`incidents.access.${share.access}`)}</span>
            <span className="text-xs text-ink-3">
              {t("incidents.until")} <Time at={share.until} />
            </span>
            {may ? (
              <Button look="quiet" size="icon" className="no-print" aria-label={t("incidents.endShare", { name: nameOf(share) })} onClick={() => onRemove(share)}>
                <Trash2 />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {adding ? <AddShare incident={incident} onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddShare({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }): ReactNode {
  const organizations = useQuery(organizationsQuery);
  const others = organizations.data?.items.filter((o) => o.id !== incident.organization_id) ?? [];
  const [organization, setOrganization] = useState("");
  const [until, setUntil] = useState(() => toLocalInput(new Date(Date.now() + WEEK_MS).toISOString()));
  const [access, setAccess] = useState<Share["access"]>("read");
  const save = useSave(incident.id, () => addShare(incident.id, { organization_id: organization, until: fromLocalInput(until), access }), onClose);
  const problem = save.error ? asProblem(save.error) : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("incidents.addShare")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {organizations.data && others.length === 0 ? (
          <p className="text-sm text-ink-2">{t("incidents.noOtherOrganization")}</p>
        ) : (
          <Field label={t("incidents.shareWith")} error={problem?.field("/organization_id")}>
            {(control) => (
              <Select {...control} required value={organization} onChange={(e) => setOrganization(e.target.value)}>
                <option value="">{t("incidents.chooseOrganization")}</option>
                {others.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label={t("incidents.until")} error={problem?.field("/until")}>
          {(control) => <Input {...control} type="datetime-local" required value={until} onChange={(e) => setUntil(e.target.value)} />}
        </Field>
        <Field label={t("incidents.access")}>
          {(control) => (
            <Select {...control} value={access} onChange={(e) => setAccess(e.target.value as Share["access"])}>
              <option value="read">{t("incidents.access.read")}</option>
              <option value="work">{t("incidents.access.work")}</option>
            </Select>
          )}
        </Field>
        <FormProblem error={save.error ?? organizations.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("incidents.addShare")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
