import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { changeWatch, saveSearch, watchesQuery, type Saved, type Watch } from "../api/watches";

interface NameSearchProps {
  /** The one to rename, or what is to be saved. */
  watch?: Watch;
  search: Saved;
  onClose: () => void;
}

/** Give a search a name, and be told from then on of what is new in it. */
export function NameSearch({ watch, search, onClose }: NameSearchProps): ReactNode {
  const client = useQueryClient();
  const [name, setName] = useState(watch?.name ?? search.q);
  const [checked, setChecked] = useState(false);
  const save = useMutation({
    mutationFn: (wanted: string) => (watch ? changeWatch(watch, { name: wanted }) : saveSearch({ name: wanted, search, paused: false })),
    onSuccess: (now) => {
      toast(watch ? t("common.saved") : t("search.savedToast", { name: now.name }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: watchesQuery.queryKey }),
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const missing = checked && !name.trim() ? t("search.nameMissing") : undefined;
  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (name.trim()) save.mutate(name.trim());
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t(watch ? "search.rename" : "search.save")}
      {...(watch ? {} : { description: t("search.saveDetail") })}
    >
      <form onSubmit={submit} noValidate className="flex flex-col gap-3">
        <Field label={t("search.name")} error={missing ?? problem?.field("/name")}>
          {(control) => <Input {...control} autoFocus maxLength={200} value={name} onChange={(e) => setName(e.target.value)} />}
        </Field>
        <FormProblem error={save.error} />
        <div className="flex gap-2">
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("common.save")}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
