import { lazy, Suspense, useState, type ReactNode } from "react";
import { t } from "@/i18n";
import type { MapCanvasProps } from "./MapCanvas";

const MapCanvas = lazy(() => import("./MapCanvas"));

function canDraw(): boolean {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/** The map, fetched when first needed; a sentence where the browser cannot draw it, for the list has the same items. */
export function MapView(props: MapCanvasProps): ReactNode {
  const [able] = useState(canDraw);
  if (!able) return <p className="p-6 text-sm text-ink-2">{t("map.noGraphics")}</p>;
  return (
    <Suspense fallback={<p className="p-6 text-sm text-ink-3">{t("map.loading")}</p>}>
      <MapCanvas {...props} />
    </Suspense>
  );
}
