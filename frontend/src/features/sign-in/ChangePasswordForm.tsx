import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent, type ReactNode } from "react";
import { answer, api } from "@/api/client";
import { Problem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";

const SHORTEST = 12;

/** Change one's own password; what the server finds wrong with it stands at the field. */
export function ChangePasswordForm({ onDone }: { onDone?: () => void }): ReactNode {
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [checked, setChecked] = useState(false);
  const change = useMutation({
    mutationFn: () => answer(api.POST("/api/v1/me/password", { body: { current, new: next } })),
    onSuccess: () => {
      toast(t("signIn.changed"));
      void client.invalidateQueries({ queryKey: ["me"] });
      onDone?.();
    },
  });
  const problem = change.error instanceof Problem ? change.error : null;
  const short = checked && next.length < SHORTEST ? t("signIn.tooShort") : undefined;
  const differs = checked && next !== again ? t("signIn.differs") : undefined;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (next.length >= SHORTEST && next === again) change.mutate();
  }

  const password = (value: string, set: (value: string) => void, autoComplete: string) => ({
    type: "password",
    required: true,
    value,
    autoComplete,
    onChange: (e: { target: { value: string } }) => set(e.target.value),
  });
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field label={t("signIn.current")} error={problem?.field("/current")}>
        {(control) => <Input {...control} {...password(current, setCurrent, "current-password")} />}
      </Field>
      <Field label={t("signIn.next")} hint={t("signIn.nextHint")} error={short ?? problem?.field("/new")}>
        {(control) => <Input {...control} {...password(next, setNext, "new-password")} />}
      </Field>
      <Field label={t("signIn.repeat")} error={differs}>
        {(control) => <Input {...control} {...password(again, setAgain, "new-password")} />}
      </Field>
      {problem?.errors.length === 0 ? <FormProblem error={problem} /> : null}
      <Button type="submit" look="primary" busy={change.isPending}>{t("signIn.change")}</Button>
    </form>
  );
}
