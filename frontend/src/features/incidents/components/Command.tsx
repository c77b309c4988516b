import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import type { IcsPosition, IncidentDetail, PositionHeld } from "@/api/types";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Select } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { assignPosition, peopleQuery, positionsQuery, relievePosition } from "../api/work";
import { useSave } from "./use-save";
import { useMayIn } from "./use-may-in";

/** The ICS organization as a tree: command, its staff, then the sections; several commanders are a unified command. */
export function Command({ incident }: { incident: IncidentDetail }): ReactNode {
  const may = useMayIn(incident, "incidents:command");
  const positions = useQuery(positionsQuery).data?.items ?? [];
  const [assigning, setAssigning] = useState<string | null>(null);
  const [vacant, setVacant] = useState(false);
  const held = incident.positions.filter((p) => p.ended_at === null);
  const known = new Set(positions.map((p) => p.key));
  // A position that left the published list keeps its people.
  const all: IcsPosition[] = [
    ...positions,
    ...[...new Set(held.map((h) => h.position))].filter((key) => !known.has(key)).map((key) => ({ key, title: key.replaceAll("_", " "), section: "", unified: false })),
  ];
  const sections = [...new Set(all.map((p) => p.section))];
  const relieve = useSave(incident.id, (position: PositionHeld) => relievePosition(incident.id, position.id));
  const onRelieve = (position: PositionHeld): void =>
    relieve.mutate(position, {
      onSuccess: () => toast(t("incidents.relieved", { name: position.person_name })),
      onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
    });
  return (
    <Section
      title={t("incidents.command")}
      actions={
        may ? (
          <Button size="small" onClick={() => setAssigning("")}>
            {t("incidents.assignAny")}
          </Button>
        ) : null
      }
    >
      {held.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("incidents.sectionsEmpty")}</p> : null}
      <ul className="flex flex-col">
        {sections.map((section) => {
          const shown = all.filter((p) => p.section === section && (vacant || held.some((h) => h.position === p.key)));
          if (shown.length === 0) return null;
          return (
            <li key={section} className="border-b border-line px-3 py-2">
              <h3 className="mb-1 text-xs font-medium text-ink-3">{section}</h3>
              <ul className="flex flex-col gap-1 border-s-2 border-line ps-3">
                {shown.map((position) => (
                  <Position key={position.key} position={position} held={held.filter((h) => h.position === position.key)} may={may} onAssign={() => setAssigning(position.key)} onRelieve={onRelieve} />
                ))}
              </ul>
            </li>
          );
        })}
      </ul>
      <Checkbox className="no-print px-3 py-1" label={t("incidents.showVacant")} checked={vacant} onChange={(e) => setVacant(e.target.checked)} />
      {assigning === null ? null : <Assign incident={incident} position={assigning} positions={all} onClose={() => setAssigning(null)} />}
    </Section>
  );
}

interface PositionProps {
  position: IcsPosition;
  held: readonly PositionHeld[];
  may: boolean;
  onAssign: () => void;
  onRelieve: (held: PositionHeld) => void;
}

const Position = ({ position, held, may, onAssign, onRelieve }: PositionProps): ReactNode => (
  <li className="flex flex-wrap items-baseline gap-x-3">
    <span className="w-64 text-ink-2 max-sm:w-full">
      {position.title} {held.some((each) => each.unified) ? <Badge tone="accent">{t("incidents.unified")}</Badge> : null}
    </span>
    <span className="flex min-w-0 flex-1 flex-col">
      {held.length === 0 ? (
        <span className="flex items-center gap-2 text-ink-3">
          {t("incidents.vacant")}
          {may ? (
            <Button size="small" look="quiet" className="no-print" onClick={onAssign}>
              {t("incidents.assign")}
            </Button>
          ) : null}
        </span>
      ) : null}
      {held.map((each) => (
        <span key={each.id} className="flex min-h-7 flex-wrap items-center gap-x-2">
          <span className="font-medium">{each.person_name}</span>
          {each.unified && each.organization_name ? <span className="text-ink-2">{t("incidents.ofOrganization", { name: each.organization_name })}</span> : null}
          <span className="text-xs text-ink-3">
            {t("incidents.since")} <Time at={each.started_at} />
          </span>
          {may ? (
            <Button size="small" look="quiet" className="no-print" onClick={() => onRelieve(each)}>
              {t("incidents.relieve")}
              <span className="sr-only">{each.person_name}</span>
            </Button>
          ) : null}
        </span>
      ))}
    </span>
  </li>
);

interface AssignProps {
  incident: IncidentDetail;
  /** The key of the position, or "" to choose it here. */
  position: string;
  positions: readonly IcsPosition[];
  onClose: () => void;
}

function Assign({ incident, position, positions, onClose }: AssignProps): ReactNode {
  const people = useQuery(peopleQuery);
  const [key, setKey] = useState(position || (positions[0]?.key ?? ""));
  const [personId, setPersonId] = useState("");
  const save = useSave(incident.id, (person: { id: string; name: string }) => assignPosition(incident.id, { position: key, person_id: person.id, person_name: person.name }), onClose);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const person = people.data?.items.find((p) => p.id === personId);
    if (person) save.mutate(person);
  };
  const title = positions.find((p) => p.key === position)?.title;
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={title ? t("incidents.assignTitle", { position: title }) : t("incidents.assignAny")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {position ? null : (
          <Field label={t("incidents.position")}>
            {(control) => (
              <Select {...control} value={key} onChange={(e) => setKey(e.target.value)}>
                {positions.map((p) => (
                  <option key={p.key} value={p.key}>
                    {p.title}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Field label={t("incidents.person")}>
          {(control) => (
            <Select {...control} required value={personId} onChange={(e) => setPersonId(e.target.value)}>
              <option value="">{t("incidents.choosePerson")}</option>
              {people.data?.items.map((person) => (
                <option key={person.id} value={person.id}>
                  {[person.name, ...person.roles].join(" · ")}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <FormProblem error={save.error ?? people.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("incidents.assign")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
