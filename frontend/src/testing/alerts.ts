import type { AlertContent, AlertDetail, AlertPreview, ListedAlert, Me, ReceivedAlert, ReceivedThreadDetail } from "@/api/types";
import { commander } from "./people";

/** Someone who writes alerts and decides on those of others. */
export const officer = (changes: Partial<Me> = {}): Me =>
  commander({ id: "person-noor", name: "Noor Haddad", permissions: ["alerts:read", "alerts:draft", "alerts:approve", "alerts:manage", "incidents:read", "hazards:read"], ...changes });

export const floodContent = (changes: Partial<AlertContent> = {}): AlertContent => ({
  term: "flood",
  categories: ["Met"],
  response_types: ["Evacuate"],
  urgency: "Immediate",
  severity: "Severe",
  certainty: "Observed",
  effective: null,
  onset: null,
  expires: null,
  expires_after_minutes: 180,
  note: "",
  event_codes: [],
  parameters: [],
  resources: [],
  texts: [
    {
      language: "en-US", event: "Flood", headline: "Kern River is rising at Kernville", description: "Water is over the bridge.", instruction: "Leave the river road now.",
      short: "", shortest: "", contact: "", audience: "", web: "",
    },
  ],
  areas: [
    {
      description: "Kernville and the river road",
      geometry: { type: "Polygon", coordinates: [[[-118.5, 35.7], [-118.4, 35.7], [-118.4, 35.8], [-118.5, 35.7]]] },
      circle: null, geocodes: [], altitude: null, ceiling: null, origin: null,
    },
  ],
  ...changes,
});

const amara = { id: "person-amara", name: "Amara Okafor" };

export const floodAlert = (changes: Partial<AlertDetail> = {}): AlertDetail => ({
  id: "alert-1",
  thread_id: "alert-1",
  number: null,
  msg_type: "Alert",
  status: "draft",
  cap_status: "Actual",
  next_statuses: ["in_review", "rejected"],
  headline: "Kern River is rising at Kernville",
  hazard: "flood",
  severity: "Severe",
  urgency: "Immediate",
  certainty: "Observed",
  languages: ["en-US"],
  areas: ["Kernville and the river road"],
  extent: [-118.5, 35.7, -118.4, 35.8],
  incident_id: null,
  incident_name: null,
  exercise: false,
  test: false,
  revision: 1,
  drafted_at: "2026-03-01T10:00:00Z",
  drafted_by: amara,
  submitted_at: null,
  submitted_by: null,
  approved_at: null,
  approved_by: null,
  sent: null,
  expires: null,
  ended_at: null,
  updated_at: "2026-03-01T10:00:00Z",
  version: 1,
  content: floodContent(),
  identifier: null,
  sender: null,
  signed: false,
  follows_id: null,
  replaces: [],
  public_url: null,
  cap_url: null,
  authors: [amara],
  entries: [],
  thread: [],
  ...changes,
});

/** The alert when the public has it. */
export const inForce = (changes: Partial<AlertDetail> = {}): AlertDetail =>
  floodAlert({
    status: "published", number: 1, next_statuses: ["updated", "cancelled", "expired"], sent: new Date(Date.now() - 600_000).toISOString(),
    expires: new Date(Date.now() + 2 * 3_600_000 + 30_000).toISOString(), submitted_by: amara, approved_by: { id: "person-noor", name: "Noor Haddad" },
    identifier: "urn:uuid:alert-1", sender: "kern@example.org", public_url: "/warnings/alert-1", cap_url: "/api/v1/alerts/alert-1/cap.xml", ...changes,
  });

/** As a list shows it: a detail is all that and more. */
export const listed = (alert: AlertDetail): ListedAlert => ({ ...alert, shapes: (alert.content.areas ?? []).map(({ geometry = null, circle = null }) => ({ geometry, circle })) });

export const preview = (changes: Partial<AlertPreview> = {}): AlertPreview => ({
  cap_status: "Actual",
  languages: [
    {
      language: "en-US",
      direction: "ltr",
      missing: [],
      reading: { formula: "flesch-kincaid", score: 4.2, limit: 8, plain: true, words: 12, sentences: 2 },
      sms: { text: "Kern River is rising at Kernville. Leave the river road now.", encoding: "GSM-7", characters: 60, units: 60, parts: 1, left: 100, foreign: "" },
      wea_90: { text: "Flood. Leave the river road now.", characters: 32, limit: 90, fits: true },
      wea_360: { text: "Kern River is rising at Kernville. Leave the river road now.", characters: 60, limit: 360, fits: true },
      push: { title: "Flood", body: "Leave the river road now." },
      email: { subject: "Flood: Kern River", text: "Water is over the bridge.", html: "<p>Water is over the bridge.</p>" },
      page: "<h1>Kern River is rising</h1>",
    },
  ],
  findings: [],
  ready: true,
  area_km2: 50,
  vertices: 3,
  expires: null,
  cap_xml: null,
  ...changes,
});

export const received = (changes: Partial<ReceivedAlert> = {}): ReceivedAlert => ({
  id: "received-1",
  thread_id: "thread-1",
  source: "NWS Hanford",
  feed: { id: "feed-nws", name: "NWS Hanford", state: "fresh", age_seconds: 30, paused: false },
  received_at: "2026-03-01T10:05:00Z",
  age_seconds: 120,
  identifier: "urn:nws:1",
  sender: "w-nws.webmaster@noaa.gov",
  sender_name: "NWS Hanford CA",
  sent: "2026-03-01T10:00:00Z",
  status: "Actual",
  exercise: false,
  msg_type: "Alert",
  scope: "Public",
  event: "Flood Warning",
  categories: ["Met"],
  severity: "Severe",
  urgency: "Immediate",
  certainty: "Observed",
  headline: "Flood Warning for Kern County",
  area: "Kern County",
  area_by_codes: false,
  starts_at: "2026-03-01T10:00:00Z",
  expires_at: "2026-03-01T16:00:00Z",
  expires_given: true,
  state: "in_force",
  in_force: true,
  signature: "none",
  signer: null,
  how: "first",
  why: "Nothing known here speaks of it.",
  geometry: null,
  ...changes,
});

export const receivedThread = (items: ReceivedAlert[], changes: Partial<ReceivedThreadDetail> = {}): ReceivedThreadDetail => ({
  id: "thread-1",
  exercise: false,
  version: 1,
  merged_into: null,
  last_sent: "2026-03-01T10:00:00Z",
  first_sent: "2026-03-01T10:00:00Z",
  headline: items[0]?.headline ?? null,
  event: "Flood Warning",
  severity: "Severe",
  alerts: items.length,
  in_force: items.filter((item) => item.in_force).length,
  senders: [...new Set(items.map((item) => item.sender))],
  received_at: "2026-03-01T10:05:00Z",
  age_seconds: 120,
  items,
  changes: [],
  apart_from: [],
  ...changes,
});
