import type { ReactNode } from "react";
import { Dialog } from "@/components/ui/dialog";
import { t } from "@/i18n";
import { shortcutStore, type ShortcutArea } from "@/lib/shortcuts";

const AREAS: readonly ShortcutArea[] = ["go", "list", "act"];

const FIXED = [
  { keys: "Enter", label: "shell.shortcut.open", area: "list" },
  { keys: "Escape", label: "shell.shortcut.escape", area: "act" },
] as const;

const Keys = ({ keys }: { keys: string }): ReactNode => (
  <span className="flex gap-1">
    {keys
      .replace("Control+", "Ctrl ")
      .split(" ")
      .map((key, index) => (
        <kbd key={index} className="min-w-6 rounded border border-line-strong/60 bg-surface-2 px-1.5 text-center text-xs leading-5 capitalize">
          {key}
        </kbd>
      ))}
  </span>
);

/** Everything the keyboard can do on the page that is open. */
export function ShortcutsHelp({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }): ReactNode {
  const shortcuts = shortcutStore((s) => s.shortcuts);
  const offered = [...new Map([...shortcuts, ...FIXED].map((s) => [s.keys, s])).values()];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t("shell.shortcuts")}>
      {AREAS.map((area) => (
        <section key={area} aria-label={t(`shell.shortcut.area.${area}`)}>
          <h3 className="mb-1 text-xs font-medium text-ink-3">{t(`shell.shortcut.area.${area}`)}</h3>
          <dl className="flex flex-col gap-1">
            {offered
              .filter((s) => s.area === area)
              .map((s) => (
                <div key={s.keys} className="flex justify-between gap-4">
                  <dt>{t(s.label)}</dt>
                  <dd>
                    <Keys keys={s.keys} />
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
