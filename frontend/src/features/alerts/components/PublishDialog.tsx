import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import type { AlertDetail } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { alertQuery, publishAlert } from "../api/alerts";
import { whole } from "../content";
import { isPretend } from "../states";
import { useHazardName } from "../use-hazard-name";
import { Audience } from "./Audience";

const plain = (text: string): string => text.trim().toLocaleLowerCase();

/** The last step before the public: what goes out, whom it reaches, and a word that nobody types by accident. */
export function PublishDialog({ alert, onClose }: { alert: AlertDetail; onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const navigate = useNavigate();
  const hazardName = useHazardName();
  const [typed, setTyped] = useState("");
  const [checked, setChecked] = useState(false);
  const hazard = alert.hazard ? hazardName(alert.hazard) : "";
  const accepted = [t("alerts.PUBLISH"), hazard, alert.hazard].filter(Boolean).map(plain);
  const right = accepted.includes(plain(typed));
  const pretend = isPretend(alert);
  const content = whole(alert.content);
  const publish = useMutation({
    mutationFn: () => publishAlert(alert.id),
    onSuccess: (published) => {
      client.setQueryData(alertQuery(alert.id).queryKey, published);
      void client.invalidateQueries({ queryKey: ["alerts", "list"] });
      toast(t(pretend ? "alerts.publishedPretend" : "alerts.published", { headline: published.headline }));
      void navigate(`/alerts/${alert.id}`);
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (right) publish.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t(`alerts.publishTitle.${alert.msg_type}`)} description={t(pretend ? "alerts.publishPretend" : "alerts.publishDetail")}>
      {pretend ? <p className="exercise-band rounded-md px-3 py-1.5 text-sm font-semibold">{t("alerts.nobodyReal")}</p> : null}
      <div className="rounded-md border border-line p-3">
        <p className="font-semibold">{alert.headline}</p>
        <p className="text-sm text-ink-2">{content.areas.map((place) => place.description).filter(Boolean).join("; ")}</p>
      </div>
      <Audience content={content} exercise={pretend} hazard={alert.hazard} />
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field
          label={hazard ? t("alerts.typeWordOr", { word: t("alerts.PUBLISH"), hazard: hazard.toLocaleLowerCase() }) : t("alerts.typeWord", { word: t("alerts.PUBLISH") })}
          error={checked && !right ? t("alerts.typeWordWrong") : undefined}
        >
          {(control) => <Input {...control} autoFocus autoComplete="off" autoCapitalize="off" spellCheck={false} value={typed} onChange={(e) => setTyped(e.target.value)} />}
        </Field>
        <FormProblem error={publish.error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={publish.isPending} aria-disabled={!right || undefined}>
            {t(pretend ? "alerts.publishNowPretend" : "alerts.publishNow")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
