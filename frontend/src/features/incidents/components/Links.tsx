import { useQuery } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import type { IncidentDetail, IncidentLink, LinkKind } from "@/api/types";
import { StatusMark } from "@/components/meanings";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { openIncidentsQuery } from "../api/incidents";
import { addLink, removeLink } from "../api/work";
import { useSave } from "./use-save";
import { useMayIn } from "./use-may-in";

const KINDS: readonly LinkKind[] = ["duplicate_of", "part_of", "related"];

/** Which incidents this one repeats, belongs to or has to do with. */
export function Links({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:update");
  const [adding, setAdding] = useState(false);
  const add = useSave(incident.id, (link: Pick<IncidentLink, "kind" | "incident_id">) => addLink(incident.id, link));
  const remove = useSave(incident.id, (link: IncidentLink) => removeLink(incident.id, link.id));
  const onRemove = (link: IncidentLink): void =>
    remove.mutate(link, {
      onSuccess: () => toast(t("incidents.removeLink", { name: link.name }), { undo: () => add.mutate({ kind: link.kind, incident_id: link.incident_id }) }),
      onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
    });
  return (
    <Section
      title={t("incidents.links")}
      actions={
        may ? (
          <Button size="small" onClick={() => setAdding(true)}>
            {t("incidents.addLink")}
          </Button>
        ) : null
      }
    >
      {incident.links.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.linksEmpty")}</p> : null}
      <ul>
        {incident.links.map((link) => (
          <li key={link.id} className="flex items-center gap-2 border-b border-line px-3 py-1 last:border-b-0">
            <span className="text-ink-3">{t(`incidents.link.${link.direction}.${link.kind}`)}</span>
            <Link to={`/incidents/${link.incident_id}`} className="min-w-0 flex-1 truncate font-medium text-accent hover:underline">
              {link.name}
            </Link>
            <StatusMark status={link.status} className="text-xs" />
            {may ? (
              <Button look="quiet" size="icon" className="no-print" aria-label={t("incidents.removeLink", { name: link.name })} onClick={() => onRemove(link)}>
                <Trash2 />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {adding ? <AddLink incident={incident} onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddLink({ incident, onClose }: { incident: IncidentDetail; onClose: () => void }): ReactNode {
  const [kind, setKind] = useState<LinkKind>("part_of");
  const [other, setOther] = useState("");
  const incidents = useQuery(openIncidentsQuery({ exercise: incident.exercise }));
  const save = useSave(incident.id, () => addLink(incident.id, { kind, incident_id: other }), onClose);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("incidents.addLink")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={t("incidents.linkKind")}>
          {(control) => (
            <Select {...control} value={kind} onChange={(e) => setKind(e.target.value as LinkKind)}>
              {KINDS.map((each) => (
                <option key={each} value={each}>
                  {t(`incidents.link.outgoing.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={t("incidents.linkTo")}>
          {(control) => (
            <Select {...control} required value={other} onChange={(e) => setOther(e.target.value)}>
              <option value="">{t("incidents.chooseIncident")}</option>
              {incidents.data?.items
                .filter((each) => each.id !== incident.id)
                .map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name} · {each.number}
                  </option>
                ))}
            </Select>
          )}
        </Field>
        <FormProblem error={save.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
