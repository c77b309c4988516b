/** The providers of messages, as one process on loopback that speaks their protocols. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The first line of `muster_testing.providers.together`. */
export interface Providers {
  desk: string;
  hook: { url: string; secret: string };
  environment: Record<string, string>;
}

/** Start them all; their files are in `folder`. */
export async function startProviders(root: string, folder: string): Promise<Providers & { stop: () => Promise<void> }> {
  const log = join(folder, "providers.log");
  const child = spawn(join(root, ".venv/bin/python"), ["-m", "muster_testing.providers.together", folder], { cwd: root, stdio: ["ignore", "pipe", openSync(log, "a")] });
  const ended = once(child, "exit");
  if (child.stdout === null) throw new Error("a pipe was asked for");
  const told = await Promise.race([once(createInterface({ input: child.stdout }), "line"), ended.then(() => null)]);
  if (told === null) throw new Error(`the local providers ended at once:\n${readFileSync(log, "utf8")}`);
  return {
    ...(JSON.parse(String(told[0])) as Providers),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
