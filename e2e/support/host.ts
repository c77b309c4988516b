/**
 * One host for all the stories: `muster up` on a free port with a feed and providers of ours, stopped by pid at the end; or the
 * installation at MUSTER_E2E_ADDRESS with the feed at MUSTER_E2E_FEED, which somebody else starts and stops.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSocket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProvidedContext } from "vitest";
import { quake, summary } from "./feed.ts";
import { startProviders, type Providers } from "./providers.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const READY_SECONDS = 90;
export const PASSWORD = process.env["MUSTER_E2E_PASSWORD"] ?? "stories-told-in-a-browser";

declare module "vitest" {
  export interface ProvidedContext {
    address: string;
    feed: string;
    /** Of the house that the stories start; elsewhere nobody is warned. */
    providers: Pick<Providers, "desk" | "hook">;
  }
}

interface Project {
  provide: <Key extends keyof ProvidedContext>(key: Key, value: ProvidedContext[Key]) => void;
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((done) => socket.listen(0, "127.0.0.1", done));
  const { port } = socket.address() as AddressInfo;
  await new Promise((done) => socket.close(done));
  return port;
}

/** Serves the features it was last given: POST them as a JSON array, GET them as a USGS summary. */
async function serveFeed(): Promise<{ server: Server; address: string }> {
  let features: unknown[] = [quake({ id: "e2e00001", magnitude: 6.4, place: "11 km SW of Searles Valley, CA", longitude: -117.504, latitude: 35.705 })];
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part) => (body += String(part)));
      request.on("end", () => {
        features = JSON.parse(body) as unknown[];
        response.end();
      });
      return;
    }
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(summary(features)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/all_day.geojson` };
}

async function ready(address: string, host: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  for (;;) {
    if (host.exitCode !== null) throw new Error(`muster up ended:\n${readFileSync(log, "utf8")}`);
    try {
      if ((await fetch(`${address}/readyz`)).ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline) throw new Error(`not ready after ${READY_SECONDS} s:\n${readFileSync(log, "utf8")}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

export default async function setup(project: Project): Promise<() => Promise<void>> {
  const { MUSTER_E2E_ADDRESS, MUSTER_E2E_FEED } = process.env;
  if (MUSTER_E2E_ADDRESS !== undefined && MUSTER_E2E_FEED !== undefined) {
    project.provide("address", MUSTER_E2E_ADDRESS);
    project.provide("feed", MUSTER_E2E_FEED);
    return () => Promise.resolve();
  }
  const home = mkdtempSync(join(tmpdir(), "muster-e2e-"));
  const feed = await serveFeed();
  const providers = await startProviders(ROOT, home);
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const log = join(home, "up.log");
  const out = openSync(log, "a");
  const host = spawn(join(ROOT, ".venv/bin/muster"), ["up"], {
    cwd: ROOT,
    stdio: ["ignore", out, out],
    env: {
      ...process.env,
      MUSTER_HOME: join(home, "var"),
      MUSTER_PORT: String(port),
      MUSTER_DEMO: "auto",
      MUSTER_DEMO_PASSWORD: PASSWORD,
      MUSTER_HAZARDS_USGS_URL: feed.address,
      MUSTER_HAZARDS_POLL_SECONDS: "1",
      ...providers.environment,
    },
  });
  const ended = new Promise<void>((done) => host.once("exit", () => done()));
  await ready(address, host, log);
  project.provide("address", address);
  project.provide("feed", feed.address);
  project.provide("providers", { desk: providers.desk, hook: providers.hook });
  return async () => {
    host.kill("SIGINT");
    await ended;
    await providers.stop();
    feed.server.close();
    feed.server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  };
}
