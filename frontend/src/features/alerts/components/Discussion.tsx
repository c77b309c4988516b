import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode, type SubmitEvent } from "react";
import type { AlertDetail, AlertEntry } from "@/api/types";
import { useMay } from "@/auth/me";
import { Section } from "@/components/Page";
import { Time } from "@/components/Time";
import { Button } from "@/components/ui/button";
import { Field, Select, Textarea } from "@/components/ui/field";
import { FormProblem } from "@/components/ui/states";
import { t } from "@/i18n";
import { useDraft } from "@/lib/use-draft";
import { alertQuery, commentOn } from "../api/alerts";
import { parts, whole } from "../content";
import { partName } from "../part-names";

/** Every step and comment, newest first, and a place to say something; what it is about can be named. */
export function Discussion({ alert, canComment = true }: { alert: AlertDetail; canComment?: boolean }): ReactNode {
  const drafts = useMay("alerts:draft");
  const approves = useMay("alerts:approve");
  return (
    <Section title={t("alerts.discussion")}>
      {canComment && (drafts || approves) ? <CommentForm alert={alert} /> : null}
      {alert.entries.length === 0 ? <p className="p-3 text-sm text-ink-3">{t("alerts.discussionEmpty")}</p> : null}
      <ol className="flex flex-col">
        {alert.entries.toReversed().map((entry) => (
          <Entry key={entry.id} alert={alert} entry={entry} />
        ))}
      </ol>
    </Section>
  );
}

/** "/texts/0/headline" names a part by its place; the form names it by its language. */
function placeName(alert: AlertDetail, place: string): string {
  const [, first = "", index = "", name = ""] = place.split("/");
  const language = whole(alert.content).texts[Number(index)]?.language;
  if (first === "texts" && name && language) return partName(`/texts/${language}/${name}`);
  try {
    return partName(`/${first}`);
  } catch {
    return place;
  }
}

function Entry({ alert, entry }: { alert: AlertDetail; entry: AlertEntry }): ReactNode {
  const step = entry.after ? t(`alerts.step.${entry.after as "draft"}`) : t("alerts.commented");
  return (
    <li className="avoid-break flex gap-3 border-b border-line px-3 py-2 last:border-b-0">
      <Time at={entry.at} className="w-24 shrink-0 text-xs leading-5 text-ink-3 print:w-64" />
      <div className="min-w-0">
        <p>
          <span className="font-medium">{entry.by.name}</span> <span className="text-ink-2">{step}</span>
          {entry.place ? <span className="text-ink-3"> · {placeName(alert, entry.place)}</span> : null}
        </p>
        {entry.comment ? <p className="border-s-2 border-accent ps-2 break-words whitespace-pre-wrap">{entry.comment}</p> : null}
      </div>
    </li>
  );
}

function CommentForm({ alert }: { alert: AlertDetail }): ReactNode {
  const client = useQueryClient();
  const [{ text, place }, change, clear] = useDraft(`alert-comment.${alert.id}`, { text: "", place: "" });
  const [sent, setSent] = useState(0);
  const { texts } = whole(alert.content);
  const say = useMutation({
    mutationFn: () => commentOn(alert.id, text.trim(), place || null),
    onSuccess: (answer) => {
      clear();
      setSent(sent + 1);
      client.setQueryData(alertQuery(alert.id).queryKey, answer);
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim()) say.mutate();
  };
  // The API counts languages by their place in the alert.
  const places = [...parts(whole(alert.content)).keys()].map((key) => {
    const [, first = "", language = "", name = ""] = key.split("/");
    return { key, pointer: first === "texts" ? `/texts/${texts.findIndex((words) => words.language === language)}/${name}` : key };
  });
  return (
    <form onSubmit={submit} className="no-print flex flex-col gap-2 border-b border-line p-3">
      <Field label={t("alerts.comment")} hideLabel>
        {(control) => (
          <Textarea {...control} key={sent} rows={2} maxLength={2000} placeholder={t("alerts.commentPlaceholder")} value={text} onChange={(e) => change({ text: e.target.value })} />
        )}
      </Field>
      <FormProblem error={say.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Select aria-label={t("alerts.commentOn")} className="w-auto max-w-64" value={place} onChange={(e) => change({ place: e.target.value })}>
          <option value="">{t("alerts.commentOnAll")}</option>
          {places
            .filter(({ key }) => key !== "/languages")
            .map(({ key, pointer }) => (
              <option key={key} value={pointer}>
                {partName(key)}
              </option>
            ))}
        </Select>
        <Button type="submit" busy={say.isPending} disabled={text.trim() === ""}>
          {t("alerts.addComment")}
        </Button>
      </div>
    </form>
  );
}
