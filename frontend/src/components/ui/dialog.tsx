import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState, type ComponentProps, type ReactNode } from "react";
import { t } from "@/i18n";
import { cn } from "@/lib/cn";
import { Button } from "./button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  className?: string;
}

const overlay = "fixed inset-0 z-40 bg-black/45 no-print";

const Head = ({ title, description }: { title: string; description?: string | undefined }): ReactNode => (
  <div className="flex items-start justify-between gap-3">
    <div>
      <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
      {description ? <Radix.Description className="mt-0.5 text-sm text-ink-2">{description}</Radix.Description> : null}
    </div>
    <Radix.Close asChild>
      <Button look="quiet" size="icon" aria-label={t("common.close")}>
        <X />
      </Button>
    </Radix.Close>
  </div>
);

/** What stands over the page. Radix gives focus back to a trigger of its own only; ours open from anywhere. */
function Content(props: ComponentProps<typeof Radix.Content>): ReactNode {
  const [before] = useState(() => document.activeElement);
  return (
    <Radix.Content
      onCloseAutoFocus={(event) => {
        event.preventDefault();
        if (before instanceof HTMLElement) before.focus();
      }}
      {...props}
    />
  );
}

/** A question or a short form over the page; Escape closes it and focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, children, className }: DialogProps): ReactNode {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full max-w-lg flex-col gap-4 overflow-y-auto rounded-t-lg bg-surface-1 p-4 shadow-float sm:top-[12vh] sm:bottom-auto sm:max-h-[80vh] sm:rounded-lg sm:p-5",
            className,
          )}
        >
          <Head title={title} description={description} />
          {children}
        </Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface SheetProps extends DialogProps {
  side?: "start" | "end" | "bottom";
}

/** A panel that slides over the page from one edge. */
export function Sheet({ open, onOpenChange, title, description, children, side = "end", className }: SheetProps): ReactNode {
  const place = {
    start: "inset-y-0 start-0 h-full w-full max-w-md",
    end: "inset-y-0 end-0 h-full w-full max-w-md",
    bottom: "inset-x-0 bottom-0 max-h-[85dvh] rounded-t-lg",
  }[side];
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className={cn("fixed z-50 flex flex-col gap-4 overflow-y-auto bg-surface-1 p-4 shadow-float", place, className)}
        >
          <Head title={title} description={description} />
          {children}
        </Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
