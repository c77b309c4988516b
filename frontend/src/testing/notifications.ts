import type { BroadcastDetail, DeliveryCounts, HelpRequest, Me, ProviderHealth, RecipientLine, Subscriber } from "@/api/types";
import { commander } from "./people";

/** Someone who runs the delivery and may see who was reached. */
export const sender = (changes: Partial<Me> = {}): Me =>
  commander({ permissions: ["alerts:read", "incidents:read", "notifications:read", "notifications:manage", "notifications:recipients"], ...changes });

export const counts = (changes: Partial<DeliveryCounts> = {}): DeliveryCounts => ({
  recipients: 0, reached: 0, waiting: 0, held: 0, accepted: 0, delivered: 0, failed: 0, in_doubt: 0, expired: 0, superseded: 0, suppressed: 0, ...changes,
});

export const broadcast = (changes: Partial<BroadcastDetail> = {}): BroadcastDetail => ({
  id: "broadcast-1",
  alert_id: "alert-1",
  thread_id: "alert-1",
  number: 1,
  incident_id: null,
  headline: "Kern River is rising at Kernville",
  msg_type: "Alert",
  status: "Actual",
  severity: "Severe",
  hazard: "flood",
  exercise: false,
  state: "running",
  created_at: new Date(Date.now() - 120_000).toISOString(),
  expires: new Date(Date.now() + 7_200_000).toISOString(),
  finished_at: null,
  stopped_at: null,
  stopped_by: null,
  counts: counts({ recipients: 1000, accepted: 700, delivered: 200, reached: 900, failed: 12, in_doubt: 3, waiting: 85 }),
  by_channel: [
    { channel: "email", counts: counts({ recipients: 400, accepted: 400, reached: 400 }) },
    { channel: "sms", counts: counts({ recipients: 600, accepted: 300, delivered: 200, reached: 500, failed: 12, in_doubt: 3, waiting: 85 }) },
  ],
  by_area: [
    {
      piece: 0,
      description: "Kernville and the river road",
      geometry: { type: "Polygon", coordinates: [[[-118.5, 35.7], [-118.4, 35.7], [-118.4, 35.8], [-118.5, 35.7]]] },
      counts: counts({ recipients: 1000, reached: 900, failed: 12, in_doubt: 3, waiting: 85 }),
    },
  ],
  replies: { ok: 41, help: 0, stop: 2, other: 1 },
  ...changes,
});

export const line = (changes: Partial<RecipientLine> = {}): RecipientLine => ({
  id: "delivery-1", recipient: "point-1", channel: "sms", address: "+1•••••0123", language: "en-US", state: "delivered", provider: "twilio", reason: null, attempts: 1,
  begun_at: "2026-03-01T10:00:00Z", changed_at: "2026-03-01T10:00:02Z", due_at: null, ...changes,
});

export const provider = (changes: Partial<ProviderHealth> = {}): ProviderHealth => ({
  channel: "sms", provider: "twilio", choice: 1, breaker: "closed", rate: 412.5, limit: 1000, last_success: new Date(Date.now() - 60_000).toISOString(), last_failure: null,
  last_reason: null, failures: 0, seen_at: new Date().toISOString(), ...changes,
});

export const subscriber = (changes: Partial<Subscriber> = {}): Subscriber => ({
  id: "subscriber-1", kind: "partner", source: "import", status: "active", list_name: "Hospitals", language: "en", min_severity: "Severe", hazards: null, placed: "point",
  exercise: false, created_at: "2026-03-01T10:00:00Z", contacts: [{ id: "point-1", channel: "sms", masked: "+1•••••0123", confirmed: true }], ...changes,
});

export const callForHelp = (changes: Partial<HelpRequest> = {}): HelpRequest => ({
  id: "call-1", incident_id: "incident-ridgecrest", incident_name: "Ridgecrest Earthquake", alert_id: "alert-1", headline: "Leave the river road now", text: "two of us on the roof",
  place: { type: "Point", coordinates: [-118.42, 35.75] }, language: "en", exercise: false, asked_at: new Date(Date.now() - 240_000).toISOString(), status: "open", task_id: null,
  reason: null, decided_at: null, decided_by: null, version: 1, ...changes,
});
