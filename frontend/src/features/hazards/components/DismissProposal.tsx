import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { useMay } from "@/auth/me";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { dismissProposal } from "../api/feeds";

/** Set a proposal aside, with the reason that the next duty officer reads; nothing for whoever may not decide. */
export function DismissProposal({ id, small = false }: { id: string; small?: boolean }): ReactNode {
  const may = useMay("incidents:declare");
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const dismiss = useMutation({
    mutationFn: () => dismissProposal(id, reason.trim()),
    onSuccess: () => {
      setOpen(false);
      toast(t("hazards.dismissed"));
      void client.invalidateQueries({ queryKey: ["hazards"] });
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    dismiss.mutate();
  };
  if (!may) return null;
  return (
    <>
      <Button size={small ? "small" : "medium"} onClick={() => setOpen(true)}>
        {t("hazards.dismiss")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("hazards.dismissTitle")}>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label={t("hazards.dismissWhy")} hint={t("hazards.dismissHint")} error={dismiss.error ? asProblem(dismiss.error).field("/reason") : undefined}>
            {(control) => <Input {...control} required maxLength={500} value={reason} onChange={(e) => setReason(e.target.value)} />}
          </Field>
          <FormProblem error={dismiss.error} />
          <div className="flex justify-end gap-2">
            <Button onClick={() => setOpen(false)}>{t("common.cancel")}</Button>
            <Button type="submit" look="primary" busy={dismiss.isPending}>{t("hazards.dismiss")}</Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
