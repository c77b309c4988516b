import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { t } from "@/i18n";
import { emptyWords, parts, type Content, type TextName } from "../content";
import { partName, partText } from "../part-names";
import type { Contest } from "../use-composer";

interface ContestProps {
  contest: Contest;
  onSettle: (content: Content) => void;
}

/** A content with one part taken from another. */
function withPart(content: Content, key: string, value: unknown): Content {
  const [, first = "", language = "", name = ""] = key.split("/");
  if (first === "texts") {
    return { ...content, texts: content.texts.map((words) => (words.language === language ? { ...words, [name as TextName]: value as string } : words)) };
  }
  if (first === "languages") {
    return { ...content, texts: (value as string[]).map((tag) => content.texts.find((words) => words.language === tag) ?? emptyWords(tag)) };
  }
  return { ...content, [first]: value };
}

/** Someone else changed the same parts: side by side, nobody's words are lost unseen. */
export function ContestDialog({ contest, onSettle }: ContestProps): ReactNode {
  const [chosen, setChosen] = useState<Record<string, "theirs" | "mine">>({});
  const theirs = parts(contest.theirs);
  const mine = parts(contest.merged);
  const settle = (): void =>
    onSettle(contest.keys.filter((key) => chosen[key] === "theirs").reduce((content, key) => withPart(content, key, theirs.get(key)), contest.merged));
  return (
    <Dialog open onOpenChange={() => undefined} title={t("alerts.contestTitle")} description={t("alerts.contestDetail")} className="max-w-2xl">
      {contest.keys.map((key) => (
        <fieldset key={key} className="grid gap-2 sm:grid-cols-2">
          <legend className="mb-1 text-xs font-medium text-ink-2">{partName(key)}</legend>
          {(["theirs", "mine"] as const).map((side) => (
            <label key={side} className="flex gap-2 rounded-md border border-line-strong/60 p-2 has-checked:border-accent has-checked:bg-accent-soft">
              <input type="radio" name={key} checked={(chosen[key] ?? "mine") === side} onChange={() => setChosen({ ...chosen, [key]: side })} />
              <span className="min-w-0">
                {t(side === "theirs" ? "alerts.contestTheirs" : "alerts.contestMine")}
                <span className="block font-medium break-words whitespace-pre-wrap">{partText(key, (side === "theirs" ? theirs : mine).get(key)) || "–"}</span>
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <Button look="primary" className="self-end" onClick={settle}>
        {t("alerts.contestSave")}
      </Button>
    </Dialog>
  );
}
