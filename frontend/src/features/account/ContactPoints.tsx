import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CheckCircle2, Clock, Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { ContactPoint } from "@/api/types";
import { Section } from "@/components/Page";
import { QueryView } from "@/components/QueryView";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { FormProblem } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { languageTag, t } from "@/i18n";
import { confirmContactPoint, contactPointsQuery, giveContactPoint, removeContactPoint } from "./api/contact-points";

/** How one's own account is reached when there is a warning. */
export function ContactPoints(): ReactNode {
  const query = useQuery(contactPointsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title={t("account.contactPoints")}
      actions={
        <Button size="small" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("account.addContact")}
        </Button>
      }
    >
      <QueryView query={query} loading={<SkeletonRows rows={2} />}>
        {({ items }) => (
          <>
            {items.length === 0 ? <p className="px-4 py-3 text-sm text-ink-2">{t("account.contactsEmpty")}</p> : null}
            <ul className="divide-y divide-line">
              {items.map((contact) => (
                <Row key={contact.id} contact={contact} />
              ))}
            </ul>
            {items.some(({ confirmed }) => !confirmed) ? <ConfirmForm /> : null}
          </>
        )}
      </QueryView>
      {adding ? <AddDialog onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function useRead(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: contactPointsQuery.queryKey });
}

function Row({ contact }: { contact: ContactPoint }): ReactNode {
  const read = useRead();
  const [asking, setAsking] = useState(false);
  const Icon = contact.confirmed ? CheckCircle2 : Clock;
  const remove = useMutation({
    mutationFn: () => removeContactPoint(contact.id),
    onSuccess: () => {
      read();
      toast(t("account.contactRemoved", { address: contact.masked }));
    },
    onError: (error) => toast(asProblem(error).message, { tone: "danger" }),
  });
  return (
    <li className="flex items-center gap-3 px-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="tabular font-medium break-all">{contact.masked}</p>
        <p className="flex flex-wrap items-center gap-x-3 text-xs text-ink-3">
          <span>{t(`notifications.channel.${contact.channel}`)}</span>
          <span className={`inline-flex items-center gap-1 ${contact.confirmed ? "text-success" : "text-warning"}`}>
            <Icon aria-hidden className="size-3.5" />
            {t(contact.confirmed ? "account.contactConfirmed" : "account.contactWaits")}
          </span>
        </p>
      </div>
      <Button look="quiet" size="icon" busy={remove.isPending} aria-label={t("account.removeContact", { address: contact.masked })} onClick={() => setAsking(true)}>
        <Trash2 />
      </Button>
      <Dialog open={asking} onOpenChange={setAsking} title={t("account.removeContact", { address: contact.masked })} description={t("account.removeContactDetail")}>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
          <Button
            look="danger"
            busy={remove.isPending}
            onClick={() => {
              setAsking(false);
              remove.mutate();
            }}
          >
            {t("common.remove")}
          </Button>
        </div>
      </Dialog>
    </li>
  );
}

/** One field for all that wait: the code itself says which address it was sent to. */
function ConfirmForm(): ReactNode {
  const read = useRead();
  const [typed, setTyped] = useState("");
  const [checked, setChecked] = useState(false);
  const code = typed.replace(/\s/g, "");
  const valid = /^\d{6}$/.test(code);
  const confirm = useMutation({
    mutationFn: () => confirmContactPoint(code),
    onSuccess: () => {
      setTyped("");
      setChecked(false);
      read();
      toast(t("account.contactConfirmedToast"));
    },
  });
  const problem = confirm.error ? asProblem(confirm.error) : null;
  const refused = problem?.code === "code-refused" ? problem.detail : problem?.field("/code");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (valid) confirm.mutate();
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-3 border-t border-line px-4 py-3">
      <div className="flex items-start gap-2">
        <Field label={t("account.contactCode")} hint={t("account.contactCodeHint")} error={checked && !valid ? t("account.contactCodeWrong") : refused} className="flex-1">
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={8}
              value={typed}
              onChange={(e) => {
                setTyped(e.target.value);
                confirm.reset();
              }}
              className="tabular max-w-40 tracking-widest"
            />
          )}
        </Field>
        <Button type="submit" look="primary" className="mt-5" busy={confirm.isPending}>
          {t("account.confirmContact")}
        </Button>
      </div>
      {problem && !refused ? <FormProblem error={problem} /> : null}
    </form>
  );
}

/** Those that can be typed; the others come from a browser or a program. */
const TYPED = ["sms", "email"] as const;
type Typed = (typeof TYPED)[number];
/** In which codes and warnings are written to one; the same as on the page for the public. */
const LANGUAGES = ["en", "es", "ar", "de", "fa", "fil", "fr", "he", "ht", "it", "ko", "pl", "pt", "ru", "tr", "uk", "vi", "zh"] as const;

const ownName = (language: string): string => new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;

function AddDialog({ onClose }: { onClose: () => void }): ReactNode {
  const read = useRead();
  const [form, setForm] = useState<{ channel: Typed; address: string; language: string }>(() => ({
    channel: "sms",
    address: "",
    language: LANGUAGES.find((each) => each === languageTag().split("-")[0]) ?? "en",
  }));
  const [checked, setChecked] = useState(false);
  const address = form.address.trim();
  const save = useMutation({
    mutationFn: () => giveContactPoint({ ...form, address }),
    onSuccess: ({ masked }) => {
      read();
      toast(t("account.codeSent", { address: masked }));
      onClose();
    },
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (address) save.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("account.addContact")} description={t("account.addContactDetail")}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Field label={t("account.contactBy")}>
          {(control) => (
            <Select {...control} value={form.channel} onChange={(e) => setForm({ ...form, channel: TYPED.find((each) => each === e.target.value) ?? "sms" })}>
              {TYPED.map((each) => (
                <option key={each} value={each}>
                  {t(`notifications.channel.${each}`)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field
          label={t(`account.contactAddress.${form.channel}`)}
          hint={form.channel === "sms" ? t("account.contactPhoneHint") : undefined}
          error={checked && !address ? t("account.contactAddressNeeded") : problem?.field("/address")}
        >
          {(control) => (
            <Input
              {...control}
              type={form.channel === "sms" ? "tel" : "email"}
              autoComplete={form.channel === "sms" ? "tel" : "email"}
              maxLength={320}
              value={form.address}
              onChange={(e) => setForm({ ...form, address: e.target.value })}
            />
          )}
        </Field>
        <Field label={t("account.contactLanguage")} error={problem?.field("/language")}>
          {(control) => (
            <Select {...control} value={form.language} onChange={(e) => setForm({ ...form, language: e.target.value })}>
              {LANGUAGES.map((each) => (
                <option key={each} value={each} lang={each}>
                  {ownName(each)}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {problem?.errors.length ? null : <FormProblem error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            {t("account.sendCode")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
