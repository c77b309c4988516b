import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Copy, ShieldCheck, ShieldOff } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { encode } from "uqr";
import { Problem } from "@/api/problem";
import type { TotpEnrolment } from "@/api/types";
import { Section } from "@/components/Page";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { confirmTotp, disableTotp, enrolTotp } from "./api/account";

/** Time-based one-time codes (RFC 6238): to set up, and to turn off. */
export function SecondFactor({ enabled }: { enabled: boolean }): ReactNode {
  const [disabling, setDisabling] = useState(false);
  const enrol = useMutation({ mutationFn: enrolTotp });
  const Icon = enabled ? ShieldCheck : ShieldOff;
  return (
    <Section title={t("account.secondFactor")}>
      <div className="flex flex-col items-start gap-3 p-4">
        <p className="flex items-start gap-2 text-sm">
          <Icon aria-hidden className={`size-5 shrink-0 ${enabled ? "text-success" : "text-ink-3"}`} />
          {t(enabled ? "account.factorOn" : "account.factorOff")}
        </p>
        <FormProblem error={enrol.error} />
        {enabled ? (
          <Button onClick={() => setDisabling(true)}>{t("account.disable")}</Button>
        ) : (
          <Button look="primary" busy={enrol.isPending} onClick={() => enrol.mutate()}>{t("account.enrol")}</Button>
        )}
      </div>
      {enrol.data ? <EnrolDialog enrolment={enrol.data} onClose={() => enrol.reset()} /> : null}
      {disabling ? <DisableDialog onClose={() => setDisabling(false)} /> : null}
    </Section>
  );
}

/** Dark on white in both themes: a camera reads it, not an eye. */
function QrCode({ text }: { text: string }): ReactNode {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t("account.qr")} shapeRendering="crispEdges" className="mx-auto size-56 rounded-md bg-white">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** The secret in groups of four, to be typed by hand. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, "$1 ");

function EnrolDialog({ enrolment, onClose }: { enrolment: TotpEnrolment; onClose: () => void }): ReactNode {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("account.enrolTitle")} description={t("account.enrolStep1")}>
      <QrCode text={enrolment.uri} />
      <div>
        <p className="text-xs font-medium text-ink-2">{t("account.secret")}</p>
        <div className="mt-1 flex items-center gap-2">
          <code className="min-w-0 flex-1 rounded bg-surface-2 px-2 py-1 break-all select-all">{grouped(enrolment.secret)}</code>
          <Button
            size="small"
            aria-label={t("account.copySecret")}
            onClick={() => {
              void navigator.clipboard.writeText(enrolment.secret);
              toast(t("common.copied"));
            }}
          >
            <Copy aria-hidden />
            {t("common.copy")}
          </Button>
        </div>
      </div>
      <p className="text-sm text-ink-2">{t("account.enrolStep2")}</p>
      <CodeForm send={confirmTotp} action={t("account.confirm")} done={t("account.enrolled")} onDone={onClose} />
    </Dialog>
  );
}

const DisableDialog = ({ onClose }: { onClose: () => void }): ReactNode => (
  <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("account.disableTitle")} description={t("account.disableDetail")}>
    <CodeForm send={disableTotp} action={t("account.disable")} done={t("account.disabledNow")} onDone={onClose} />
  </Dialog>
);

interface CodeFormProps {
  send: (code: string) => Promise<undefined>;
  action: string;
  done: string;
  onDone: () => void;
}

function CodeForm({ send, action, done, onDone }: CodeFormProps): ReactNode {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const [checked, setChecked] = useState(false);
  const code = typed.replace(/\s/g, "");
  const valid = /^\d{6}$/.test(code);
  const prove = useMutation({
    mutationFn: () => send(code),
    onSuccess: async () => {
      toast(done);
      await client.invalidateQueries({ queryKey: ["me"] });
      onDone();
    },
  });
  const problem = prove.error instanceof Problem ? prove.error : null;

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    setChecked(true);
    if (valid) prove.mutate();
  }

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      <Field label={t("account.code")} error={checked && !valid ? t("account.codeWrong") : problem?.field("/code")}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            required
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            className="tabular text-lg tracking-widest"
          />
        )}
      </Field>
      {prove.error && (problem?.errors.length ?? 0) === 0 ? <FormProblem error={prove.error} /> : null}
      <Button type="submit" look="primary" busy={prove.isPending}>{action}</Button>
    </form>
  );
}
