import { authorizedFetch } from "@/api/fetch";
import { problemFrom } from "@/api/problem";

const NAME = /filename="([^"]+)"/;

/** Save a received alert word for word as it came. */
export async function saveDocument(id: string): Promise<void> {
  const response = await authorizedFetch(new Request(new URL(`/api/v1/received-alerts/${id}/document`, location.origin)));
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = NAME.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `${id}.xml`;
  link.click();
  URL.revokeObjectURL(link.href);
}
