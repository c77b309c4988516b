import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Activity } from "@/api/types";
import { invalidator, staleKeys } from "./events";

const event = (type: string, incident_id: string | null = null): Activity => ({
  position: 1, sequence: 1, id: "e", time: "2019-07-06T03:24:00Z", recorded_at: "2019-07-06T03:24:00Z", type, summary: "", actor: null, subject: "",
  incident_id, organization_id: null, exercise: false, data: {},
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a declaration makes the lists, the incident, the hazards and the journal old", () => {
  expect(staleKeys(event("muster.incident.declared.v1", "i1"))).toEqual([["incidents", "list"], ["incidents", "detail", "i1"], ["hazards"], ["activity"]]);
});

test("a task changes its incident and not the hazards", () => {
  expect(staleKeys(event("muster.task.status_changed.v1", "i1"))).not.toContainEqual(["hazards"]);
});

test("a broadcast that has come further makes its numbers old, and not the log of recipients, which is long", () => {
  expect(staleKeys(event("muster.broadcast.progressed.v1"))).toEqual([["notifications", "broadcasts"], ["activity"]]);
});

test("a call for help changes the board", () => {
  expect(staleKeys(event("muster.help.requested.v1"))).toContainEqual(["incidents", "help"]);
});

test("the first event is followed at once, and a burst after it once more", () => {
  const client = new QueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  const hear = invalidator(client);

  hear(event("muster.hazard.reported.v1"));
  const first = invalidate.mock.calls.length;
  expect(first).toBe(2);
  for (let i = 0; i < 300; i += 1) hear(event("muster.hazard.reported.v1"));
  expect(invalidate.mock.calls.length).toBe(first);
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.length).toBe(first * 2);
});
