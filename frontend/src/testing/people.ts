import type { Hazard, IncidentDetail, Me } from "@/api/types";

/** Everything a commander of the demo organization may do. */
const COMMANDER = [
  "people:read", "hazards:read", "hazards:manage", "incidents:read", "incidents:declare", "incidents:update", "incidents:transition",
  "incidents:command", "incidents:plan", "incidents:work", "incidents:share", "activity:read", "activity:write",
];

export const commander = (changes: Partial<Me> = {}): Me => ({
  id: "person-amara",
  username: "incident-commander",
  name: "Amara Okafor",
  organization: { id: "kern", name: "Kern County Emergency Services", time_zone: "America/Los_Angeles", units: "us", area: null, exercise: false },
  roles: [{ id: "role-ic", name: "Incident Commander", key: "incident-commander" }],
  permissions: COMMANDER,
  totp_enabled: false,
  must_change_password: false,
  ...changes,
});

/** An account that may look and nothing else. */
export const onlooker = (): Me => commander({ permissions: ["incidents:read", "hazards:read", "activity:read"] });

export const ridgecrest = (changes: Partial<IncidentDetail> = {}): IncidentDetail => ({
  id: "incident-ridgecrest",
  name: "Ridgecrest Earthquake",
  number: "2019-000001",
  kind: "earthquake",
  complexity_type: 2,
  status: "active",
  severity: "Extreme",
  location: { type: "Point", coordinates: [-117.599, 35.77] },
  area: null,
  address: "Ridgecrest, California",
  summary: null,
  hazard_id: "hazard-71",
  organization_id: "kern",
  organization_name: "Kern County Emergency Services",
  shared: false,
  declared_at: "2019-07-06T03:24:00Z",
  declared_by: { id: "person-amara", name: "Amara Okafor" },
  closed_at: null,
  close_reason: null,
  commander: { id: "person-amara", name: "Amara Okafor" },
  objectives_open: 1,
  tasks_open: 1,
  exercise: false,
  version: 3,
  updated_at: "2019-07-06T03:30:00Z",
  positions: [],
  periods: [],
  objectives: [{ id: "objective-1", text: "Account for everyone in Trona", priority: 1, period_id: null, status: "open", version: 1 }],
  tasks: [{ id: "task-1", title: "Check gas mains on Las Flores Avenue", assignee: "Engine 74", due_at: null, objective_id: null, status: "open", version: 1 }],
  links: [],
  shares: [],
  watchers: [],
  next_statuses: ["demobilizing"],
  ...changes,
});

export const mainshock = (changes: Partial<Hazard> = {}): Hazard => ({
  id: "hazard-71",
  feed_id: "feed-usgs",
  feed: "usgs",
  external_id: "ci38457511",
  kind: "earthquake",
  title: "M 7.1 - 18km W of Searles Valley, CA",
  magnitude: 7.1,
  magnitude_type: "mw",
  severity: "Extreme",
  alert_level: "red",
  tsunami: false,
  felt: 4200,
  place: "18km W of Searles Valley, CA",
  location: { type: "Point", coordinates: [-117.599, 35.77] },
  depth_km: 8,
  occurred_at: "2019-07-06T03:19:53Z",
  reported_at: "2019-07-06T03:25:00Z",
  first_seen_at: "2019-07-06T03:22:00Z",
  revision: 2,
  deleted: false,
  url: "https://earthquake.usgs.gov/earthquakes/eventpage/ci38457511",
  exercise: false,
  incident_id: null,
  proposal: null,
  ...changes,
});
