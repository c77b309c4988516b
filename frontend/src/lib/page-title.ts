import { useEffect } from "react";
import { t } from "@/i18n";
import { useWorld } from "@/lib/world";

/** Name the browser tab; a tab in the exercise world says so first. */
export function usePageTitle(title: string): void {
  const world = useWorld();
  useEffect(() => {
    const exercise = world === "exercise" ? `${t("common.EXERCISE")} · ` : "";
    document.title = `${exercise}${title} · Muster`;
  }, [title, world]);
}
