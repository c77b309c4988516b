import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { useMe } from "@/auth/me";
import { ExerciseMark } from "@/components/meanings";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { timeZone } from "@/lib/time";
import { useDraft } from "@/lib/use-draft";
import { addOrganization, organizationsQuery } from "./api/organizations";
import { SecretOnce } from "./SecretOnce";
import { TimeZoneSelect } from "./TimeZoneSelect";

/** Every organization of this installation, for the first one, which sets up the others. */
export function Organizations(): ReactNode {
  const own = useMe()?.organization.id;
  const organizations = useQuery(organizationsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title={t("administration.otherOrganizations")}
      actions={
        <Button size="small" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("administration.addOrganization")}
        </Button>
      }
    >
      <QueryView query={organizations} loading={<SkeletonRows rows={3} />}>
        {({ items }) => (
          <ul className="divide-y divide-line">
            {items.map((each) => (
              <li key={each.id} className="flex flex-wrap items-baseline gap-x-3 px-4 py-2">
                <span className="font-medium">{each.name}</span>
                {each.id === own ? <Badge tone="accent">{t("administration.yours")}</Badge> : null}
                <ExerciseMark exercise={each.exercise} />
                <span className="ms-auto text-xs text-ink-3">{each.time_zone.replaceAll("_", " ")}</span>
              </li>
            ))}
          </ul>
        )}
      </QueryView>
      {adding ? <AddOrganizationDialog onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddOrganizationDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const [draft, change, clear] = useDraft("organization", {
    name: "", zone: timeZone(), units: "metric", exercise: false, person: "", username: "",
  });
  const [checked, setChecked] = useState(false);
  const filled = [draft.name, draft.person, draft.username].every((each) => each.trim() !== "");
  const add = useMutation({
    mutationFn: (person: string) =>
      addOrganization({
        name: draft.name.trim(),
        time_zone: draft.zone,
        units: draft.units === "us" ? "us" : "metric",
        exercise: draft.exercise,
        administrator: { name: person, username: draft.username.trim() },
      }),
    onSuccess: () => {
      clear();
      void client.invalidateQueries({ queryKey: ["organizations"] });
    },
  });
  const problem = add.error instanceof Problem ? add.error : null;
  if (add.data) {
    return (
      <SecretOnce
        title={t("administration.temporaryTitle", { name: add.variables })}
        detail={t("administration.temporaryDetail")}
        secret={add.data.temporary_password ?? ""}
        onClose={onClose}
      />
    );
  }
  const missing = (value: string): string | undefined => (checked && value.trim() === "" ? t("administration.required") : undefined);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (filled) add.mutate(draft.person.trim());
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("administration.addOrganization")}
      description={t("administration.addOrganizationDetail")}
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("administration.organizationName")} error={missing(draft.name) ?? problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus required value={draft.name} onChange={(e) => change({ name: e.target.value })} />}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t("administration.timeZone")} error={problem?.field("/time_zone")}>
            {(control) => <TimeZoneSelect {...control} value={draft.zone} onChange={(zone) => change({ zone })} />}
          </Field>
          <Field label={t("administration.units")}>
            {(control) => (
              <Select {...control} value={draft.units} onChange={(e) => change({ units: e.target.value })}>
                <option value="metric">{t("administration.units.metric")}</option>
                <option value="us">{t("administration.units.us")}</option>
              </Select>
            )}
          </Field>
          <Field label={t("administration.firstAdministrator")} error={missing(draft.person) ?? problem?.field("/administrator/name")}>
            {(control) => <Input {...control} required autoComplete="off" value={draft.person} onChange={(e) => change({ person: e.target.value })} />}
          </Field>
          <Field label={t("administration.username")} error={missing(draft.username) ?? problem?.field("/administrator/username")}>
            {(control) => (
              <Input {...control} required autoComplete="off" autoCapitalize="none" spellCheck={false} value={draft.username} onChange={(e) => change({ username: e.target.value })} />
            )}
          </Field>
        </div>
        <Checkbox label={t("administration.exerciseOrganization")} checked={draft.exercise} onChange={(e) => change({ exercise: e.target.checked })} />
        {add.error && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={add.error} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={add.isPending}>{t("administration.addOrganization")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
