import { authorizedFetch } from "./fetch";
import { problemFrom } from "./problem";

const NAME = /filename="([^"]+)"/;
const LET_GO_MS = 10_000;

/** Fetch a file with the account's token and hand it to the browser to save, by the name the server gives it or else by `name`. */
export async function saveFile(path: string, name: string): Promise<void> {
  const response = await authorizedFetch(new Request(new URL(path, location.origin)));
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = NAME.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), LET_GO_MS);
}
