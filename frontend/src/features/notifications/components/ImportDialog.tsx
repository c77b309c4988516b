import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { Problem, type FieldError } from "@/api/problem";
import type { SubscriberKind } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Checkbox, Field, Input, Select } from "@/components/ui/field";
import { FileButton } from "@/components/ui/file-button";
import { FormProblem } from "@/components/ui/states";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { useExercise } from "@/lib/world";
import { importSubscribers } from "../api/subscribers";

interface Chosen {
  name: string;
  csv: string;
}

const KINDS: readonly SubscriberKind[] = ["partner", "staff", "person"];

/** Lines that hold anything, without the one that names the columns. A cell may have line breaks: it is a guess for the eye. */
const rowsIn = (csv: string): number => Math.max(0, csv.split(/\r\n|\n|\r/).filter((line) => line.trim()).length - 1);

const someKind: SubscriberKind = "partner";

/** A list of partners or staff, taken in wholly or not at all; what is wrong is said row by row. */
export function ImportDialog({ onClose }: { onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const exercise = useExercise();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [form, change, clear] = useDraft("subscriber-list", { name: "", kind: someKind, region: "", exercise });
  const [checked, setChecked] = useState(false);
  const region = form.region.trim().toUpperCase();
  const regionRight = region === "" || /^[A-Z]{2}$/.test(region);
  const save = useMutation({
    mutationFn: (csv: string) => importSubscribers({ name: form.name.trim(), kind: form.kind, exercise: form.exercise, region, csv }),
    onSuccess: ({ subscribers }) => {
      clear();
      void client.invalidateQueries({ queryKey: ["notifications", "subscribers"] });
      toast(t("notifications.imported", { count: subscribers, list: form.name.trim() }));
      onClose();
    },
  });
  const refused = save.error instanceof Problem && save.error.code === "list-refused" ? save.error.errors : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (chosen && form.name.trim() && regionRight) save.mutate(chosen.csv);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("notifications.import")} description={t("notifications.importDetail")} className="max-w-2xl">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <div>
          <FileButton
            label={t("notifications.chooseFile")}
            accept=".csv,text/csv"
            onChoose={(one) => {
              save.reset();
              void one.text().then((csv) => setChosen({ name: one.name, csv }));
            }}
          >
            <FileUp aria-hidden />
            {t("notifications.chooseFile")}
          </FileButton>
          <p className="min-h-4 pt-1 text-xs text-ink-2">{chosen ? t("notifications.fileOf", { name: chosen.name, count: rowsIn(chosen.csv) }) : null}</p>
          {checked && !chosen ? <p className="text-xs font-medium text-danger">{t("notifications.fileNeeded")}</p> : null}
          <p className="text-xs text-ink-3">{t("notifications.columns")}</p>
        </div>
        {refused ? <Faults faults={refused} /> : null}
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label={t("notifications.listName")} error={checked && !form.name.trim() ? t("notifications.listNameNeeded") : undefined} className="sm:col-span-2">
            {(control) => <Input {...control} autoComplete="off" maxLength={200} value={form.name} onChange={(e) => change({ name: e.target.value })} />}
          </Field>
          <Field label={t("notifications.kind")}>
            {(control) => (
              <Select {...control} value={form.kind} onChange={(e) => change({ kind: KINDS.find((each) => each === e.target.value) ?? someKind })}>
                {KINDS.map((each) => (
                  <option key={each} value={each}>
                    {t(`notifications.kind.${each}`)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
        <Field label={t("notifications.region")} hint={t("notifications.regionHint")} error={checked && !regionRight ? t("notifications.regionWrong") : undefined}>
          {(control) => <Input {...control} autoComplete="off" maxLength={2} value={form.region} onChange={(e) => change({ region: e.target.value })} className="w-20 uppercase" />}
        </Field>
        <div>
          <Checkbox label={t("notifications.importExercise")} checked={form.exercise} onChange={(e) => change({ exercise: e.target.checked })} />
          <p className="text-xs text-ink-3">{t("notifications.importExerciseHint")}</p>
        </div>
        {refused ? null : <FormProblem error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("notifications.import")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** So many faults at once: whoever has more has one fault in every row. */
const AT_ONCE = 50;

/** What is wrong, row by row, as the rows are numbered in a spreadsheet program. */
function Faults({ faults }: { faults: readonly FieldError[] }): ReactNode {
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <div role="alert" className="rounded-md border border-danger">
      <div className="border-b border-danger bg-danger-soft px-3 py-2 text-sm text-danger">
        <p className="font-medium">{t("notifications.faults", { count: faults.length })}</p>
        <p>{t("notifications.faultsPutRight")}</p>
      </div>
      <div className="max-h-64 overflow-y-auto">
        <Table label={t("notifications.faults", { count: faults.length })}>
          <thead className="sticky top-0 bg-surface-1">
            <tr>
              <Th className="text-end">{t("notifications.row")}</Th>
              <Th>{t("notifications.column")}</Th>
              <Th>{t("notifications.fault")}</Th>
            </tr>
          </thead>
          <tbody>
            {faults.slice(0, shown).map(({ pointer, detail }, index) => {
              const [, row = "–", column = "–"] = pointer.split("/");
              return (
                <Tr key={`${pointer} ${index}`}>
                  <Td className="tabular text-end">{row}</Td>
                  <Td className="whitespace-nowrap">{column}</Td>
                  <Td className="w-full min-w-40">{detail.replace(/^Row \d+(?:, column \w+)?: /, "")}</Td>
                </Tr>
              );
            })}
          </tbody>
        </Table>
        {faults.length > shown ? (
          <Button look="quiet" className="my-2 ms-3" onClick={() => setShown(shown + AT_ONCE)}>
            {t("common.loadMore")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
