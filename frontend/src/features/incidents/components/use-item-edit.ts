import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Problem } from "@/api/problem";
import type { IncidentDetail } from "@/api/types";
import { toast } from "@/components/ui/toast";
import { t } from "@/i18n";
import { incidentQuery } from "../api/incidents";

interface Item {
  id: string;
  version: number;
}

interface ItemEdit<Body> {
  save: (body: Body) => void;
  busy: boolean;
  error: Error | null;
  /** Someone else saved the same field meanwhile; saving again takes this form's word. */
  contested: boolean;
}

interface Wanted<Kind, Body> {
  incidentId: string;
  item: Kind;
  /** Where this kind of item stands in its incident. */
  among: (incident: IncidentDetail) => readonly Kind[];
  send: (item: Kind, changes: Body) => Promise<unknown>;
  onDone: () => void;
}

/**
 * Edit one part of an incident. Changes to different fields of it come together by themselves; only a field that
 * both changed stops the save once, so that nobody's words are lost unseen.
 */
export function useItemEdit<Kind extends Item, Body extends object>({ incidentId, item, among, send, onDone }: Wanted<Kind, Body>): ItemEdit<Body> {
  const client = useQueryClient();
  const [base, setBase] = useState(item);
  const [contested, setContested] = useState(false);

  async function save(changes: Body, from: Kind): Promise<"saved" | "contested"> {
    try {
      await send(from, changes);
      return "saved";
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412) throw error;
      const incident = await client.query({ ...incidentQuery(incidentId), staleTime: 0 });
      const saved = among(incident).find((each) => each.id === item.id);
      if (!saved || saved.version === from.version) throw error;
      const same = Object.keys(changes).every((name) => saved[name as keyof Kind] === from[name as keyof Kind]);
      if (same) return save(changes, saved);
      setBase(saved);
      return "contested";
    }
  }

  const edit = useMutation({
    mutationFn: (changes: Body) => save(changes, base),
    onSuccess: (outcome) => {
      setContested(outcome === "contested");
      if (outcome === "contested") return;
      void client.invalidateQueries({ queryKey: incidentQuery(incidentId).queryKey });
      toast(t("common.saved"));
      onDone();
    },
  });
  return {
    save: (changes) => (Object.keys(changes).length === 0 ? onDone() : edit.mutate(changes)),
    busy: edit.isPending,
    error: edit.error,
    contested,
  };
}
