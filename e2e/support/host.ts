/**
 * One installation for all the stories, with a feed of ours: `muster up`, or with MUSTER_E2E=distributed every service
 * of docker/compose.yml as its own processes behind the gateway. Stopped at the end.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSocket, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quake, summary } from "./feed.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const DISTRIBUTED = process.env.MUSTER_E2E === "distributed";
const READY_SECONDS = DISTRIBUTED ? 900 : 90;
export const PASSWORD = "stories-told-in-a-browser";

declare module "vitest" {
  export interface ProvidedContext {
    address: string;
    feed: string;
  }
}

interface Project {
  provide: (key: "address" | "feed", value: string) => void;
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
    // `muster compose up` ends when everything is ready, and what it started lives on.
    if (host.exitCode !== null && !(DISTRIBUTED && host.exitCode === 0)) throw new Error(`muster up ended:\n${readFileSync(log, "utf8")}`);
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
  const home = mkdtempSync(join(tmpdir(), "muster-e2e-"));
  const feed = await serveFeed();
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const log = join(home, "up.log");
  const out = openSync(log, "a");
  const env = {
    ...process.env,
    MUSTER_HOME: join(home, "var"),
    MUSTER_PORT: String(port),
    MUSTER_GATEWAY_PORT: String(port),
    MUSTER_PUBLIC_URL: address,
    MUSTER_DEMO: "auto",
    MUSTER_DEMO_PASSWORD: PASSWORD,
    MUSTER_HAZARDS_USGS_URL: feed.address,
    MUSTER_HAZARDS_POLL_SECONDS: "1",
  };
  const muster = join(ROOT, ".venv/bin/muster");
  const words = DISTRIBUTED ? ["compose", "up"] : ["up"];
  const host = spawn(muster, words, { cwd: ROOT, stdio: ["ignore", out, out], env });
  const ended = new Promise<void>((done) => host.once("exit", () => done()));
  const down = (): void => {
    if (DISTRIBUTED) spawnSync(muster, ["compose", "down"], { cwd: ROOT, stdio: "ignore", env });
  };
  try {
    await ready(address, host, log);
    if (DISTRIBUTED) await ended;
  } catch (error) {
    down();
    throw error;
  }
  project.provide("address", address);
  project.provide("feed", feed.address);
  return async () => {
    down();
    if (host.exitCode === null) host.kill("SIGINT");
    await ended;
    feed.server.close();
    feed.server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  };
}
