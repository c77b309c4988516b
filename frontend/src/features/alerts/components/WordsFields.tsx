import { Plus, Trash2 } from "lucide-react";
import { useState, type ReactNode, type SubmitEvent } from "react";
import type { AlertLanguagePreview } from "@/api/types";
import { Section } from "@/components/Page";
import { Badge, Chip } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { toast } from "@/components/ui/toast";
import { languageTag, t } from "@/i18n";
import { cn } from "@/lib/cn";
import { characters, direction, emptyWords, LIMITS, missing, TEXTS, type TextName, type Words } from "../content";
import { errorAt, warningAt, type FieldsProps } from "../findings";
import { isLanguage, languageName, USUAL } from "../languages";

/** Rows of a text's box; the others are one line. */
const ROWS: Partial<Record<TextName, number>> = { description: 5, instruction: 4, short: 3, shortest: 2 };
const ALWAYS: readonly TextName[] = ["event", "headline", "description", "instruction", "short", "shortest"];

interface WordsProps extends FieldsProps {
  languages: readonly AlertLanguagePreview[];
}

/** The words, one language beside the other, each with what it lacks. */
export function WordsFields({ languages, ...props }: WordsProps): ReactNode {
  const { content, change } = props;
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const { texts } = content;
  const current = texts.find((words) => words.language === shown) ?? texts[0];
  const more = texts.some((words) => words.contact || words.audience || words.web);
  const [rare, setRare] = useState(more);
  const names = rare || more ? TEXTS : ALWAYS;
  const set = (index: number, part: Partial<Words>): void => change({ texts: texts.map((words, at) => (at === index ? { ...words, ...part } : words)) });
  const remove = (language: string): void => {
    const before = texts;
    change({ texts: texts.filter((words) => words.language !== language) });
    toast(t("alerts.languageRemoved", { language: languageName(language) }), { undo: () => change({ texts: before }) });
  };
  return (
    <Section
      title={t("alerts.words")}
      actions={
        <Button size="small" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("alerts.addLanguage")}
        </Button>
      }
    >
      <div data-at="/texts" className="flex flex-col gap-3 p-3">
        {texts.length === 0 ? (
          <div className="flex flex-wrap items-center gap-2">
            <p className={cn("text-sm", props.checked ? "font-medium text-danger" : "text-ink-3")}>{t("alerts.noLanguage")}</p>
            <Button onClick={() => change({ texts: [emptyWords(usual())] })}>{t("alerts.writeIn", { language: languageName(usual()) })}</Button>
          </div>
        ) : null}
        {texts.length > 1 ? (
          <div role="group" aria-label={t("alerts.languages")} className="flex flex-wrap gap-1.5 sm:hidden">
            {texts.map((words) => (
              <Chip key={words.language} selected={words === current} onToggle={() => setShown(words.language)}>
                {languageName(words.language)} <Lack count={missing(words, texts).length} />
              </Chip>
            ))}
          </div>
        ) : null}
        <div className="flex gap-4 overflow-x-auto">
          {texts.map((words, index) => (
            <fieldset
              key={words.language}
              data-at={`/texts/${index}`}
              className={cn("flex min-w-64 flex-1 flex-col gap-3 sm:min-w-72", words !== current && "max-sm:hidden")}
              aria-label={languageName(words.language)}
            >
              <div className="flex min-h-8 items-center gap-2 border-b border-line pb-1">
                <span className="text-sm font-semibold">{languageName(words.language)}</span>
                <Lack count={missing(words, texts).length} />
                <ReadingLevel preview={languages.find((each) => each.language === words.language)} />
                {texts.length > 1 ? (
                  <Button look="quiet" size="icon" className="ms-auto" aria-label={t("alerts.removeLanguage", { language: languageName(words.language) })} onClick={() => remove(words.language)}>
                    <Trash2 />
                  </Button>
                ) : null}
              </div>
              {names.map((name) => (
                <Text key={name} {...props} name={name} words={words} index={index} onChange={(text) => set(index, { [name]: text })} />
              ))}
            </fieldset>
          ))}
        </div>
        {texts.length > 0 && !more ? (
          <Button look="quiet" size="small" className="self-start" aria-expanded={rare} onClick={() => setRare(!rare)}>
            {t(rare ? "alerts.fewerTexts" : "alerts.moreTexts")}
          </Button>
        ) : null}
      </div>
      {adding ? (
        <AddLanguage
          known={texts.map((words) => words.language)}
          onClose={() => setAdding(false)}
          onAdd={(language) => {
            change({ texts: [...texts, emptyWords(language)] });
            setShown(language);
            setAdding(false);
          }}
        />
      ) : null}
    </Section>
  );
}

/** English of the United States, unless the screen speaks something else. */
const usual = (): string => (languageTag() === "en" ? "en-US" : languageTag());

const Lack = ({ count }: { count: number }): ReactNode =>
  count > 0 ? <Badge tone="warning">{t("alerts.lacks", { count })}</Badge> : <Badge tone="success">{t("alerts.complete")}</Badge>;

/** How hard it is to read: the school year for English, an index elsewhere; nothing where it cannot be told. */
function ReadingLevel({ preview }: { preview: AlertLanguagePreview | undefined }): ReactNode {
  const reading = preview?.reading;
  if (reading?.score === undefined || reading.score === null) return null;
  const score = reading.score.toLocaleString(languageTag(), { maximumFractionDigits: 1 });
  return (
    <span className={cn("tabular truncate text-xs", reading.plain === false ? "font-medium text-warning" : "text-ink-3")} title={t("alerts.readingOf", { limit: reading.limit ?? "–" })}>
      {t(reading.formula === "flesch-kincaid" ? "alerts.readingGrade" : "alerts.readingLix", { score })}
      {reading.plain === false ? ` · ${t("alerts.hardToRead")}` : ""}
    </span>
  );
}

interface TextProps extends FieldsProps {
  name: TextName;
  words: Words;
  index: number;
  onChange: (text: string) => void;
}

function Text({ name, words, index, onChange, ...props }: TextProps): ReactNode {
  const pointer = `/texts/${index}/${name}`;
  const text = words[name];
  const limit = LIMITS[name];
  const length = characters(text);
  const over = limit !== undefined && length > limit;
  const lacking = text.trim() === "" && missing(words, props.content.texts).includes(name);
  const warning = warningAt(props, pointer);
  const rows = ROWS[name];
  const shared = { value: text, lang: words.language, dir: direction(words.language), spellCheck: true, "data-at": pointer } as const;
  const hint = (
    <span className="flex justify-between gap-2">
      <span className={cn(warning && "text-warning")}>{warning ?? (lacking ? t("alerts.missing") : name === "short" && !text ? t("alerts.shortHint") : "")}</span>
      {limit || rows ? (
        <span className={cn("tabular shrink-0", over && "font-semibold text-danger")}>
          {limit ? t("alerts.lengthOf", { length, limit }) : t("alerts.length", { count: length })}
        </span>
      ) : null}
    </span>
  );
  return (
    <Field label={t(`alerts.text.${name}`)} hint={hint} error={errorAt(props, pointer)}>
      {(control) =>
        rows ? (
          <Textarea {...control} {...shared} rows={rows} maxLength={10_000} className={cn(lacking && "border-dashed")} onChange={(e) => onChange(e.target.value)} />
        ) : (
          <Input {...control} {...shared} maxLength={name === "web" ? 1000 : 500} className={cn(lacking && "border-dashed")} onChange={(e) => onChange(e.target.value)} />
        )
      }
    </Field>
  );
}

interface AddLanguageProps {
  known: readonly string[];
  onAdd: (language: string) => void;
  onClose: () => void;
}

function AddLanguage({ known, onAdd, onClose }: AddLanguageProps): ReactNode {
  const [tag, setTag] = useState("");
  const [checked, setChecked] = useState(false);
  const wanted = tag.trim();
  const again = known.some((each) => each.toLowerCase() === wanted.toLowerCase());
  const wrong = !isLanguage(wanted) ? t("alerts.languageWrong") : again ? t("alerts.languageAgain") : undefined;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (!wrong) onAdd(wanted);
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={t("alerts.addLanguage")} description={t("alerts.addLanguageDetail")}>
      <ul className="flex flex-wrap gap-2">
        {USUAL.filter((each) => !known.includes(each)).map((each) => (
          <li key={each}>
            <Button size="small" onClick={() => onAdd(each)}>
              {languageName(each)}
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={submit} noValidate className="flex items-end gap-2">
        <Field label={t("alerts.languageTag")} hint={t("alerts.languageTagHint")} error={checked ? wrong : undefined} className="flex-1">
          {(control) => <Input {...control} autoComplete="off" maxLength={35} value={tag} onChange={(e) => setTag(e.target.value)} />}
        </Field>
        <Button type="submit" className="mb-5">{t("common.add")}</Button>
      </form>
    </Dialog>
  );
}
