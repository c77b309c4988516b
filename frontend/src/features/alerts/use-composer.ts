import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { asProblem, Problem } from "@/api/problem";
import type { AlertDetail } from "@/api/types";
import { alertQuery, writeContent } from "./api/alerts";
import { mergeContent, sameContent, whole, type Content } from "./content";

/** What this tab holds of a draft: what is typed, and the saved version that it grew from. */
interface Held {
  version: number;
  base: Content;
  content: Content;
}

export interface Contest {
  theirs: Content;
  version: number;
  merged: Content;
  keys: string[];
}

export interface Composer {
  content: Content;
  change: (part: Partial<Content>) => void;
  state: "saved" | "typing" | "saving" | "waiting" | "refused" | "contested";
  problem: Problem | null;
  contest: Contest | null;
  /** Take the content that was put together from both. */
  settle: (content: Content) => void;
  /** Save now; the newest alert, or null when it could not be saved. */
  flush: () => Promise<AlertDetail | null>;
  /** What was typed before a reload is here again. */
  restored: boolean;
}

/** So long typing must rest before it is saved: each save is a version that is kept for good. */
const REST_MS = 2500;
const RETRY_MS = 8000;

const keyOf = (id: string): string => `muster.draft.alert.${id}`;

function keep(id: string, held: Held): void {
  if (sameContent(held.base, held.content)) sessionStorage.removeItem(keyOf(id));
  else sessionStorage.setItem(keyOf(id), JSON.stringify(held));
}

function start(alert: AlertDetail): { held: Held; restored: boolean } {
  const saved = whole(alert.content);
  const fresh = { held: { version: alert.version, base: saved, content: saved }, restored: false };
  try {
    const text = sessionStorage.getItem(keyOf(alert.id));
    if (text === null) return fresh;
    const held = JSON.parse(text) as Held;
    return { held: { version: held.version, base: whole(held.base), content: whole(held.content) }, restored: true };
  } catch {
    return fresh;
  }
}

/**
 * Write a draft: what is typed is kept in this tab at once and saved when typing rests. Changes of two people come
 * together by themselves; only what both changed asks for a choice, so that nobody's words are lost unseen.
 */
export function useComposer(alert: AlertDetail): Composer {
  const client = useQueryClient();
  const [{ held, restored }, setStart] = useState(() => start(alert));
  const [contest, setContest] = useState<Contest | null>(null);
  const [seen, setSeen] = useState(alert.version);
  const { id } = alert;
  const dirty = !sameContent(held.base, held.content);

  const hold = useCallback(
    (next: (before: Held) => Held) =>
      setStart((before) => {
        const after = next(before.held);
        keep(id, after);
        return { ...before, held: after };
      }),
    [id],
  );

  // Someone else's save, heard while nothing is typed here, is simply shown.
  if (alert.version !== seen) {
    setSeen(alert.version);
    if (!dirty && alert.version > held.version) {
      const saved = whole(alert.content);
      setStart({ held: { version: alert.version, base: saved, content: saved }, restored: false });
    }
  }

  const save = useMutation({
    mutationFn: async (from: Held): Promise<AlertDetail | null> => {
      let { version, base, content } = from;
      for (;;) {
        try {
          const saved = await writeContent(id, version, content);
          const sent = content;
          hold((now) => ({ version: saved.version, base: sent, content: now.content === from.content ? sent : now.content }));
          client.setQueryData(alertQuery(id).queryKey, saved);
          return saved;
        } catch (error) {
          if (!(error instanceof Problem) || error.status !== 412) throw error;
          const newest = await client.query({ ...alertQuery(id), staleTime: 0 });
          // The same version again: the refusal is about something else.
          if (newest.version === version) throw error;
          const theirs = whole(newest.content);
          const merged = mergeContent(base, content, theirs);
          if (merged.contested.length > 0) {
            setContest({ theirs, version: newest.version, merged: merged.content, keys: merged.contested });
            return null;
          }
          ({ version } = newest);
          base = theirs;
          ({ content } = merged);
          const together = content;
          hold((now) => ({ version: newest.version, base: theirs, content: now.content === from.content ? together : mergeContent(from.base, now.content, theirs).content }));
        }
      }
    },
  });
  const { mutateAsync, isPending, error, failureReason, reset } = save;
  const problem = error ? asProblem(error) : null;
  const waiting = problem?.offline === true || (problem?.status ?? 0) >= 500;

  const flush = useCallback(async (): Promise<AlertDetail | null> => {
    if (!dirty) return alert;
    try {
      return await mutateAsync(held);
    } catch {
      return null;
    }
  }, [dirty, alert, held, mutateAsync]);

  useEffect(() => {
    if (!dirty || isPending || contest) return undefined;
    // What was refused is tried again when it was changed; what found no answer, after a while.
    if (failureReason && !waiting) return undefined;
    const timer = setTimeout(() => void flush(), waiting ? RETRY_MS : REST_MS);
    const hide = (): void => {
      if (document.visibilityState === "hidden") void flush();
    };
    document.addEventListener("visibilitychange", hide);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", hide);
    };
  }, [dirty, isPending, contest, failureReason, waiting, flush]);

  return {
    content: held.content,
    change: (part) => {
      if (problem && !waiting) reset();
      hold((now) => ({ ...now, content: { ...now.content, ...part } }));
    },
    state: contest ? "contested" : isPending ? "saving" : waiting ? "waiting" : problem ? "refused" : dirty ? "typing" : "saved",
    problem,
    contest,
    settle: (content) => {
      if (!contest) return;
      const { theirs, version } = contest;
      setContest(null);
      reset();
      hold(() => ({ version, base: theirs, content }));
    },
    flush,
    restored,
  };
}
