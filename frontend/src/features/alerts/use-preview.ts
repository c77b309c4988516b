import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { AlertDetail, AlertPreview } from "@/api/types";
import { useDebounced } from "@/lib/use-debounced";
import { previewQuery } from "./api/compose";
import type { Content } from "./content";

/** Typing may rest so long before the server is asked again. */
const REST_MS = 500;

export type PreviewResult = UseQueryResult<AlertPreview> & { hazard: string };

/** The alert as every channel would show it now, and what is wrong with it. */
export function usePreview(alert: Pick<AlertDetail, "msg_type" | "exercise" | "test">, content: Content): PreviewResult {
  const calm = useDebounced(content, REST_MS);
  const query = useQuery(previewQuery({ content: calm, msg_type: alert.msg_type, exercise: alert.exercise, test: alert.test }));
  // By the term, as subscribers choose; without one by the word that people read.
  const hazard = content.term ?? content.texts.find((words) => words.event)?.event ?? "";
  return { ...query, hazard };
}
