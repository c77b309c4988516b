/** The shapes the API answers with, by the names the profession uses. */

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export interface Person {
  id: string;
  name: string;
}

export interface Point {
  type: "Point";
  coordinates: number[];
}

export type Area =
  | { type: "Polygon"; coordinates: number[][][] }
  | { type: "MultiPolygon"; coordinates: number[][][][] };

export type Severity = "Extreme" | "Severe" | "Moderate" | "Minor" | "Unknown";

// identity
export interface Organization {
  id: string;
  name: string;
  time_zone: string;
  units: "metric" | "us";
  area: Area | null;
  exercise: boolean;
  /** Of one's own: the first organization, which sets up the others. */
  platform?: boolean;
  version?: number;
}
export interface Me {
  id: string;
  username: string;
  name: string;
  email?: string | null;
  organization: Organization;
  roles: { id: string; name: string; key: string }[];
  permissions: string[];
  totp_enabled: boolean;
  must_change_password: boolean;
}
export interface DirectoryPerson extends Person {
  roles: string[];
  organization_id: string;
}
export interface Token {
  access_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
}
export interface User {
  id: string;
  username: string;
  name: string;
  email: string | null;
  organization_id: string;
  roles: { id: string; name: string; key?: string }[];
  disabled: boolean;
  totp_enabled: boolean;
  must_change_password?: boolean;
  last_signed_in_at: string | null;
  created_at: string;
  version: number;
}
/** What an administrator says of a new account; without a password a temporary one is made. */
export interface AddUser {
  username: string;
  name: string;
  email?: string | null;
  role_ids?: string[];
}
/** A temporary password is told once, in this answer, and must be changed at the first sign-in. */
export interface UserWithPassword extends User {
  temporary_password: string | null;
}
export interface TemporaryPassword {
  temporary_password: string;
}
export interface Role {
  id: string;
  key: string;
  name: string;
  description: string;
  permissions: string[];
  built_in: boolean;
  holders?: number;
  version: number;
}
export interface PermissionEntry {
  name: string;
  service: string;
  description: string;
}
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_by?: Person;
  expires_at: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}
export interface IssuedApiKey extends ApiKey {
  secret: string;
}
export interface AddOrganization {
  name: string;
  time_zone: string;
  units: "metric" | "us";
  exercise: boolean;
  administrator?: { username: string; name: string };
}
export interface OrganizationWithPassword extends Organization {
  temporary_password: string | null;
}
export interface SigningKey {
  kid: string;
  state: "next" | "current" | "retiring";
  created_at: string;
  current_since: string | null;
  retired_at: string | null;
}
export interface SignInSession {
  id: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  address: string;
  user_agent: string;
  current: boolean;
}
export interface TotpEnrolment {
  secret: string;
  uri: string;
}

// hazard-monitoring
export type AlertLevel = "green" | "yellow" | "orange" | "red";
export interface Hazard {
  id: string;
  feed_id: string;
  feed: string;
  external_id: string;
  kind: string;
  title: string;
  magnitude: number | null;
  magnitude_type: string | null;
  severity: Severity;
  alert_level: AlertLevel | null;
  tsunami: boolean;
  felt: number | null;
  place: string | null;
  location: Point;
  depth_km: number | null;
  occurred_at: string;
  reported_at: string;
  first_seen_at: string;
  revision: number;
  deleted: boolean;
  url: string | null;
  exercise: boolean;
  incident_id: string | null;
  proposal: { id: string; reason: string; status: ProposalStatus } | null;
}
export interface HazardDetail extends Hazard {
  merged_ids: string[];
  /** The event that this report was merged into. */
  merged_into: string | null;
}
export type ProposalStatus = "open" | "declared" | "dismissed";
export interface HazardRevision {
  revision: number;
  seen_at: string;
  reported_at: string;
  change: "reported" | "updated" | "deleted" | "restored" | "merged";
  changes: { field: string; from: unknown; to: unknown }[];
  raw: Record<string, unknown>;
}
export interface Feed {
  id: string;
  key: string;
  name: string;
  kind: string;
  url: string;
  state: "fresh" | "late" | "stale" | "unknown";
  age_seconds: number | null;
  last_success_at: string | null;
  last_attempt_at: string | null;
  last_error: string | null;
  consecutive_failures: number;
  breaker: "closed" | "open" | "half-open";
  next_poll_at: string | null;
  poll_seconds: number;
  paused: boolean;
  exercise: boolean;
  hazards: number;
  quarantined: number;
}
export interface QuarantinedDocument {
  id: string;
  received_at: string;
  reason: string;
  detail: string;
  external_id: string | null;
  size_bytes: number;
  excerpt: string;
}
export interface Proposal {
  id: string;
  hazard_id: string;
  hazard: Pick<Hazard, "title" | "magnitude" | "location" | "occurred_at" | "severity" | "exercise">;
  rule: string;
  reason: string;
  status: ProposalStatus;
  created_at: string;
}

// incident-management
export type IncidentStatus = "reported" | "active" | "demobilizing" | "closed";
export type CloseReason = "resolved" | "false_alarm" | "duplicate" | "transferred" | "other";
export interface Incident {
  id: string;
  name: string;
  number: string;
  kind: string | null;
  complexity_type: number | null;
  status: IncidentStatus;
  severity: Severity | null;
  location: Point | null;
  has_area: boolean;
  address: string | null;
  summary: string | null;
  hazard_id: string | null;
  organization_id: string;
  organization_name: string | null;
  shared: boolean;
  declared_at: string;
  declared_by: Person;
  closed_at: string | null;
  close_reason: CloseReason | null;
  close_note: string | null;
  commander: Person | null;
  objectives_open: number;
  tasks_open: number;
  watchers: number;
  exercise: boolean;
  version: number;
  updated_at: string;
}
export interface PositionHeld {
  id: string;
  position: string;
  person_id: string;
  person_name: string;
  organization_id: string;
  organization_name: string | null;
  unified: boolean;
  started_at: string;
  ended_at: string | null;
}
export interface OperationalPeriod {
  id: string;
  number: number;
  starts_at: string;
  ends_at: string;
  version: number;
}
export type ObjectiveStatus = "open" | "met" | "dropped";
export interface Objective {
  id: string;
  text: string;
  priority: number | null;
  period_id: string | null;
  status: ObjectiveStatus;
  next_statuses: ObjectiveStatus[];
  version: number;
}
export type TaskStatus = "open" | "in_progress" | "done" | "cancelled";
export interface Task {
  id: string;
  title: string;
  assignee: string | null;
  due_at: string | null;
  objective_id: string | null;
  status: TaskStatus;
  next_statuses: TaskStatus[];
  version: number;
}
export type LinkKind = "duplicate_of" | "part_of" | "related";
export interface IncidentLink {
  id: string;
  kind: LinkKind;
  /** Outgoing: what this incident is to the other. Incoming: what the other is to this. */
  direction: "outgoing" | "incoming";
  incident_id: string;
  name: string;
  number: string;
  status: IncidentStatus;
}
export interface Share {
  id: string;
  organization_id: string;
  organization_name?: string | null;
  until: string;
  access: "read" | "work";
}
export interface IncidentDetail extends Omit<Incident, "watchers"> {
  area: Area | null;
  /** Whose it is: our own, or shared with us to work in or to read. */
  access: "own" | "work" | "read";
  positions: PositionHeld[];
  periods: OperationalPeriod[];
  objectives: Objective[];
  tasks: Task[];
  links: IncidentLink[];
  shares: Share[];
  watchers: Person[];
  next_statuses: IncidentStatus[];
}
export interface DeclareIncident {
  name: string;
  kind?: string | null;
  complexity_type?: number | null;
  severity?: Severity | null;
  location?: Point | null;
  area?: Area | null;
  address?: string | null;
  summary?: string | null;
  exercise?: boolean;
}
export type ChangeIncident = Partial<Omit<DeclareIncident, "exercise">>;
export interface IncidentKind {
  key: string;
  name: string;
  group: string;
}
export interface IcsPosition {
  key: string;
  title: string;
  section: string;
  unified: boolean;
}

// activity-log
export interface Activity {
  position: number;
  sequence: number;
  id: string;
  /** When it happened; for a note that may be before `recorded_at`. */
  time: string;
  recorded_at?: string;
  type: string;
  summary: string;
  actor: { id: string; name: string; kind: string } | null;
  subject: string;
  incident_id: string | null;
  organization_id: string | null;
  exercise: boolean;
  data: Record<string, unknown>;
  hash?: string;
}
export interface Ics214Person {
  id: string | null;
  name: string;
  position: string;
  home_agency: string;
}
export interface Ics214 {
  incident_id: string | null;
  incident_name: string;
  incident_number: string;
  period_from: string | null;
  period_to: string | null;
  person: Ics214Person;
  resources: Ics214Person[];
  activities: { time: string; recorded_at: string; who: string; activity: string; exercise: boolean }[];
  /** There was more than one form holds. */
  truncated: boolean;
  exercise: boolean;
  prepared_by: string;
  prepared_at: string;
}
export interface JournalIntegrity {
  organization_id: string;
  entries: number;
  head_hash: string | null;
  head_at: string | null;
  sealed_at: string | null;
  /** When the newest entries were last verified; the whole journal at `walked_through_at`. */
  verified_at: string | null;
  verified_entries: number;
  walked_through_at: string | null;
  ok: boolean | null;
  problem: string | null;
}
