import { Check, Copy } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { t } from "@/i18n";

interface SecretOnceProps {
  title: string;
  secret: string;
  onClose: () => void;
}

/** A secret at the only time it can be read. */
export function SecretOnce({ title, secret, onClose }: SecretOnceProps): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={title} description={t("alertLibrary.secretDetail")}>
      <code className="rounded-md border border-line-strong/60 bg-surface-2 p-3 text-center break-all select-all" aria-label={title}>
        {secret}
      </code>
      <div className="flex justify-end gap-2">
        <Button
          onClick={() => {
            void navigator.clipboard.writeText(secret);
            setCopied(true);
          }}
        >
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
          {t(copied ? "common.copied" : "alertLibrary.copyIt")}
        </Button>
        <Button look="primary" onClick={onClose}>
          {t("alertLibrary.done")}
        </Button>
      </div>
    </Dialog>
  );
}
