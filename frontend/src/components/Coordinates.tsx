import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { t } from "@/i18n";
import { formatCoordinates, type LonLat } from "@/lib/coordinates";
import { Button } from "./ui/button";
import { toast } from "./ui/toast";

/** A place as decimal degrees, degrees-minutes-seconds and US National Grid; each can be copied. */
export function Coordinates({ at }: { at: LonLat }): ReactNode {
  const { decimal, dms, grid } = formatCoordinates(at);
  return (
    <ul className="tabular flex flex-col">
      {[decimal, dms, grid].map((text) =>
        text ? (
          <li key={text} className="flex min-h-6 items-center gap-1">
            <span>{text}</span>
            <Button
              look="quiet"
              size="icon"
              className="no-print size-6 coarse:size-11"
              aria-label={`${t("common.copy")} ${text}`}
              onClick={() => {
                void navigator.clipboard.writeText(text);
                toast(t("common.copied"));
              }}
            >
              <Copy className="size-3.5!" />
            </Button>
          </li>
        ) : null,
      )}
    </ul>
  );
}

