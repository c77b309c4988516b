import { authorizedFetch } from "@/api/fetch";
import { problemFrom } from "@/api/problem";
import type { ImportedAlerts } from "@/api/types";

/** Take in a document of others as it stands in a file, byte for byte; all of it or nothing. */
export async function importDocument(file: Blob, exercise: boolean): Promise<ImportedAlerts> {
  const request = new Request(new URL(`/api/v1/alerts/import?exercise=${exercise}`, location.origin), {
    method: "POST",
    headers: { "Content-Type": "application/cap+xml" },
    body: await file.arrayBuffer(),
  });
  const response = await authorizedFetch(request);
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  return (await response.json()) as ImportedAlerts;
}
