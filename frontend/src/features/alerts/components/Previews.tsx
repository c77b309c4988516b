import { useState, type ReactNode } from "react";
import type { AlertLanguagePreview } from "@/api/types";
import { ForeignHtml } from "@/components/ForeignHtml";
import { QueryView } from "@/components/QueryView";
import { Chip } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { characters } from "../content";
import { languageName } from "../languages";
import type { PreviewResult } from "../use-preview";

const CHANNELS = ["sms", "wea_90", "wea_360", "push", "email", "page", "cap"] as const;
type Channel = (typeof CHANNELS)[number];

/** The alert exactly as each channel will show it, by language. */
export function Previews({ query }: { query: PreviewResult }): ReactNode {
  const [channel, setChannel] = useState<Channel>("sms");
  const [language, setLanguage] = useState<string | null>(null);
  return (
    <section aria-label={t("alerts.previews")} className="rounded-md border border-line bg-surface-1">
      <h2 className="border-b border-line px-3 py-2 text-sm font-semibold">{t("alerts.previews")}</h2>
      <QueryView query={query} loading={<div className="p-3"><Skeleton className="h-40" /></div>}>
        {({ languages, cap_xml: cap }) => {
          const shown = languages.find((each) => each.language === language) ?? languages[0];
          return (
            <div className={cn("flex flex-col gap-2 p-3", query.isPlaceholderData && "opacity-70")}>
              <div role="group" aria-label={t("alerts.channels")} className="flex flex-wrap gap-1">
                {CHANNELS.map((each) => (
                  <Chip key={each} selected={channel === each} onToggle={() => setChannel(each)}>
                    {t(`alerts.channel.${each}`)}
                  </Chip>
                ))}
              </div>
              {languages.length > 1 && channel !== "cap" ? (
                <div role="group" aria-label={t("alerts.languages")} className="flex flex-wrap gap-1">
                  {languages.map((each) => (
                    <Chip key={each.language} selected={each === shown} onToggle={() => setLanguage(each.language)}>
                      {languageName(each.language)}
                    </Chip>
                  ))}
                </div>
              ) : null}
              {channel === "cap" ? (
                cap ? <Code text={cap} /> : <p className="text-sm text-ink-3">{t("alerts.capNotYet")}</p>
              ) : shown ? (
                <Shown channel={channel} preview={shown} />
              ) : (
                <p className="text-sm text-ink-3">{t("alerts.noWords")}</p>
              )}
            </div>
          );
        }}
      </QueryView>
    </section>
  );
}

const Code = ({ text }: { text: string }): ReactNode => (
  // A region that scrolls must be reachable by keyboard.
  // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
  <pre tabIndex={0} aria-label={t("alerts.channel.cap")} className="max-h-96 overflow-auto rounded bg-surface-2 p-2 text-xs">
    {text}
  </pre>
);

function Shown({ channel, preview }: { channel: Exclude<Channel, "cap">; preview: AlertLanguagePreview }): ReactNode {
  const { sms, push, email } = preview;
  switch (channel) {
    case "sms":
      return (
        <Bubble preview={preview} text={sms.text} note={t("alerts.smsUnits", { units: sms.units, encoding: sms.encoding, parts: t("alerts.smsParts", { count: sms.parts }), left: sms.left })}>
          {sms.foreign ? t("alerts.smsForeign", { characters: sms.foreign }) : null}
        </Bubble>
      );
    case "wea_90":
    case "wea_360": {
      const { text, characters, limit, fits } = preview[channel];
      return <Bubble preview={preview} title={t("alerts.weaTitle")} text={text} wrong={!fits} note={t("alerts.lengthOf", { length: characters, limit })} />;
    }
    case "push":
      return <Bubble preview={preview} title={push.title} text={push.body} note={t("alerts.length", { count: characters(push.title) + characters(push.body) })} />;
    case "email":
      return (
        <div className="flex flex-col gap-2">
          <p className="text-sm">
            <span className="text-ink-3">{t("alerts.subject")}</span> <span className="font-medium">{email.subject}</span>
          </p>
          <ForeignHtml title={t("alerts.channel.email")} html={email.html} />
          <details className="text-xs">
            <summary className="cursor-pointer text-ink-2 coarse:py-2.5">{t("alerts.asText")}</summary>
            <Code text={email.text} />
          </details>
        </div>
      );
    case "page":
      return <ForeignHtml title={t("alerts.channel.page")} html={preview.page} />;
  }
}

interface BubbleProps {
  preview: AlertLanguagePreview;
  title?: string;
  text: string;
  note: string;
  wrong?: boolean;
  children?: ReactNode;
}

const Bubble = ({ preview, title, text, note, wrong = false, children }: BubbleProps): ReactNode => (
  <div className="flex flex-col gap-1">
    <div lang={preview.language} dir={preview.direction} className="max-w-80 self-start rounded-lg rounded-es-none bg-surface-2 px-3 py-2 break-words whitespace-pre-wrap">
      {title ? <p className="font-semibold">{title}</p> : null}
      {text || <span className="text-ink-3">–</span>}
    </div>
    <p className={cn("tabular text-xs", wrong ? "font-medium text-danger" : "text-ink-3")}>{note}</p>
    {children ? <p className="text-xs text-warning">{children}</p> : null}
  </div>
);
