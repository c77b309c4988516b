import type { IncidentForm } from "./components/IncidentFields";

export type FieldName = keyof IncidentForm;

export interface Merge {
  /** What both sides agree on: each one's change where only one changed a field. */
  merged: IncidentForm;
  /** Fields that both changed, to different ends; a person chooses. */
  contested: FieldName[];
}

/** Bring two edits of the same version together, so that only a true disagreement asks for a choice. */
export function mergeEdits(base: IncidentForm, mine: IncidentForm, theirs: IncidentForm): Merge {
  const merged = { ...theirs };
  const contested: FieldName[] = [];
  for (const field of Object.keys(base) as FieldName[]) {
    if (mine[field] === base[field] || mine[field] === theirs[field]) continue;
    merged[field] = mine[field];
    if (theirs[field] !== base[field]) contested.push(field);
  }
  return { merged, contested };
}
