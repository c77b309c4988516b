import { useEffect, useRef, type ReactNode } from "react";
import { Empty } from "@/components/ui/states";
import { t } from "@/i18n";
import { CONTRIBUTIONS } from "./contributions";

interface SidePanelProps {
  /** "hazard:<id>" */
  open: string;
  closeButton: ReactNode;
  onClose: () => void;
}

/** What was opened: beside the map, or over it on a narrow screen. Escape closes it and focus goes back. */
export function SidePanel({ open, closeButton, onClose }: SidePanelProps): ReactNode {
  const panel = useRef<HTMLElement>(null);
  const colon = open.indexOf(":");
  const contribution = CONTRIBUTIONS.find(({ prefix }) => prefix === open.slice(0, colon));
  const id = open.slice(colon + 1);

  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [open]);
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const inLayer = document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]');
      if (event.key === "Escape" && !event.defaultPrevented && !inLayer) onClose();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [onClose]);

  return (
    <aside
      ref={panel}
      tabIndex={-1}
      aria-label={t("map.panel")}
      className="z-20 flex flex-col overflow-y-auto border-line bg-surface-1 outline-none max-md:absolute max-md:inset-x-0 max-md:bottom-14 max-md:h-[62dvh] max-md:rounded-t-lg max-md:border-t max-md:shadow-float md:w-100 md:shrink-0 md:border-s"
    >
      <div className="sticky top-0 z-10 flex justify-end bg-surface-1 px-1 pt-1">{closeButton}</div>
      {contribution ? <contribution.Panel key={open} id={id} /> : <Empty title={t("common.notFoundTitle")}>{t("common.notFoundDetail")}</Empty>}
    </aside>
  );
}
