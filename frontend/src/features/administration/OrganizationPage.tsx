import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { Organization } from "@/api/types";
import { useMay, useMe } from "@/auth/me";
import { QueryView } from "@/components/QueryView";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { changeOrganization, organizationQuery, type OrganizationChanges } from "./api/organizations";
import { AreaField } from "./AreaField";
import { Frame } from "./Frame";
import { Organizations } from "./Organizations";
import { TimeZoneSelect } from "./TimeZoneSelect";

/** The organization's own record; for the first one also the others. */
export default function OrganizationPage(): ReactNode {
  const me = useMe();
  const may = useMay("organizations:manage");
  const id = me?.organization.id ?? "";
  const organization = useQuery({ ...organizationQuery(id), enabled: may && id !== "" });
  return (
    <Frame place="organization">
      <div className="mx-auto flex max-w-3xl flex-col gap-4 p-4">
        <QueryView query={organization} loading={<SkeletonRows rows={8} />}>
          {(data) => (
            <Section title={data.name}>
              <OrganizationForm organization={data} />
            </Section>
          )}
        </QueryView>
        {me?.organization.platform ? <Organizations /> : null}
      </div>
    </Frame>
  );
}

function OrganizationForm({ organization }: { organization: Organization }): ReactNode {
  const client = useQueryClient();
  // Only what was typed over: two people who change different parts do not undo each other.
  const [typed, setTyped] = useState<OrganizationChanges>({});
  const save = useMutation({
    mutationFn: () => changeOrganization(organization, typed),
    onSuccess: (saved) => {
      setTyped({});
      client.setQueryData(organizationQuery(saved.id).queryKey, saved);
      void client.invalidateQueries({ queryKey: ["me"] });
      void client.invalidateQueries({ queryKey: ["organizations", "list"] });
      toast(t("administration.organizationSaved"));
    },
    onError: (error) => {
      if (asProblem(error).status === 412) void client.invalidateQueries({ queryKey: ["organizations"] });
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const change = (part: OrganizationChanges): void => setTyped((before) => ({ ...before, ...part }));

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 p-4">
      <Field label={t("administration.name")} error={problem?.field("/name")}>
        {(control) => <Input {...control} required value={typed.name ?? organization.name} onChange={(e) => change({ name: e.target.value })} />}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("administration.timeZone")} hint={t("administration.timeZoneHint")} error={problem?.field("/time_zone")}>
          {(control) => <TimeZoneSelect {...control} value={typed.time_zone ?? organization.time_zone} onChange={(zone) => change({ time_zone: zone })} />}
        </Field>
        <Field label={t("administration.units")} error={problem?.field("/units")}>
          {(control) => (
            <Select {...control} value={typed.units ?? organization.units} onChange={(e) => change({ units: e.target.value === "us" ? "us" : "metric" })}>
              <option value="metric">{t("administration.units.metric")}</option>
              <option value="us">{t("administration.units.us")}</option>
            </Select>
          )}
        </Field>
      </div>
      <AreaField value={typed.area === undefined ? organization.area : typed.area} error={problem?.field("/area")} onChange={(area) => change({ area })} />
      <Checkbox label={t("administration.exerciseOrganization")} checked={typed.exercise ?? organization.exercise} onChange={(e) => change({ exercise: e.target.checked })} />
      {problem?.status === 412 ? <p role="alert" className="text-sm text-warning">{t("administration.changedMeanwhile")}</p> : null}
      {save.error && problem?.status !== 412 && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={save.error} /> : null}
      <Button type="submit" look="primary" className="self-start" busy={save.isPending} disabled={Object.keys(typed).length === 0}>
        {t("administration.saveOrganization")}
      </Button>
    </form>
  );
}
