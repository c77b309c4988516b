import { X } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { useMedia, WIDE } from "@/lib/media";
import { Button } from "./ui/button";
import { Sheet } from "./ui/dialog";

interface SidePanelProps {
  /** What the panel shows; a change of it moves the panel's scroll back to its top. */
  name: string;
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}

/**
 * What was opened from a list: beside it where there is room, over it where there is not. Escape closes it, and the
 * focus stays in the list beside it, so that j and k go on.
 */
export function SidePanel({ name, title, onClose, children, className }: SidePanelProps): ReactNode {
  const wide = useMedia(WIDE);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (body.current) body.current.scrollTop = 0;
  }, [name]);
  useEffect(() => {
    if (!wide) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const layer = document.querySelector('[role="dialog"][data-state="open"], [role="menu"][data-state="open"]');
      if (event.key === "Escape" && !event.defaultPrevented && layer === null) onClose();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [wide, onClose]);
  if (!wide) {
    return (
      <Sheet open onOpenChange={(open) => (open ? undefined : onClose())} title={title}>
        {children}
      </Sheet>
    );
  }
  return (
    <aside aria-label={title} className={cn("no-print flex w-104 shrink-0 flex-col border-s border-line bg-surface-1", className)}>
      <div className="flex min-h-12 items-center justify-between gap-2 border-b border-line ps-4 pe-2">
        <h2 className="min-w-0 truncate font-semibold">{title}</h2>
        <Button look="quiet" size="icon" aria-label={t("common.close")} onClick={onClose}>
          <X />
        </Button>
      </div>
      <div ref={body} className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto p-4">
        {children}
      </div>
    </aside>
  );
}
