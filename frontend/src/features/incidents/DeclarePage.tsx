import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { Problem } from "@/api/problem";
import { useMay } from "@/auth/me";
import { Page } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Forbidden, FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { chooseIncident } from "@/lib/chosen-incident";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { declareIncident } from "./api/incidents";
import { EMPTY_FORM, MoreFields, NameField, placeError, toChange } from "./components/IncidentFields";

/** At 3 a.m. a name is enough. What was typed survives a reload and a lost connection. */
export default function DeclarePage(): ReactNode {
  const may = useMay("incidents:declare");
  const exercise = useExercise();
  const [params] = useSearchParams();
  const [form, change, clear] = useDraft("declare", { ...EMPTY_FORM, place: params.get("place") ?? "" });
  const [checked, setChecked] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const declare = useMutation({
    mutationFn: () => declareIncident({ ...filled(toChange(form)), name: form.name.trim(), exercise }),
    onSuccess: (incident) => {
      clear();
      void client.invalidateQueries({ queryKey: ["incidents", "list"] });
      chooseIncident(incident);
      toast(t("incidents.declaredToast", { name: incident.name }));
      void navigate(`/incidents/${incident.id}`, { replace: true });
    },
  });
  const problem = declare.error instanceof Problem ? declare.error : null;
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (form.name.trim() && !placeError(form)) declare.mutate();
  }
  if (!may) {
    return (
      <Page title={t("incidents.declareTitle")}>
        <Forbidden permission="incidents:declare" />
      </Page>
    );
  }
  const fields = { form, onChange: change, problem, checked };
  return (
    <Page title={t("incidents.declareTitle")}>
      <form onSubmit={submit} noValidate className="flex max-w-2xl flex-col gap-4 p-4">
        {exercise ? <p className="exercise-band rounded-md px-3 py-1.5 text-sm font-semibold">{t("incidents.declareIn")}</p> : null}
        <NameField {...fields} />
        <details className="group" open={problem?.errors.some((e) => e.pointer !== "/name") === true ? true : undefined}>
          <summary className="mb-3 cursor-pointer text-sm font-medium text-accent coarse:py-2.5">{t("incidents.moreFields")}</summary>
          <MoreFields {...fields} />
        </details>
        <FormProblem error={declare.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={declare.isPending}>
            {t("incidents.declare")}
          </Button>
          <Button
            look="quiet"
            onClick={() => {
              clear();
              void navigate(-1);
            }}
          >
            {t("common.cancel")}
          </Button>
        </div>
      </form>
    </Page>
  );
}

/** Only what was filled in is sent. */
const filled = <Body extends object>(body: Body): Partial<Body> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)) as Partial<Body>;
