import { sealedFields } from '../../kernel/resource/sealed.ts';
import { recordTypes } from '../../modules/index.ts';

/** A table whose rows are part of a workspace. */
interface ArchivedTable {
  /** What leaves in place of its rows: a query with its columns. */
  from?: string;
  /** Which of its rows; all by default. */
  rows?: string;
  /** Values as they leave, in place of a column that holds what only this installation knows. */
  leaves?: Record<string, string>;
  /**
   * Values as they arrive; of a column that does not leave at all, or of one that leaves otherwise. Null: the column's
   * default.
   */
  arrives?: Record<string, string | null>;
  /** Run when its lines are read, before they are put into place. */
  prepares?: string;
  /** Column that says which workspace a row belongs to. */
  tenantColumn?: string;
  /**
   * Run once all is in place, as a change of the new workspace like any other: what was under way has nobody here who
   * does it.
   */
  settles?: string;
}

const travels = `t.resource <> all (current_setting('app.archive_left')::text[])`;
const fromFirst = `t.seq - (select t.seq from audit_event t where t.tenant_id = app.tenant_id() and t.action <> 'signal' and ${travels} order by t.seq limit 1)`;
const afterFirst = `r.seq + current_setting('app.first_seq')::bigint`;
/** Events of the workspace itself name it by its id, which is another there. */
const ofTenant = {
  leaves: 'nullif(t.record_id, app.tenant_id())',
  arrives: `case when r.resource = 'tenant' then coalesce(r.record_id, app.tenant_id()) else r.record_id end`,
};

/** A raw mail lies under the id of its file, among the files of the new workspace. */
const ownKey = `app.tenant_id() || substr(r.raw_key, 37)`;

/** What an archive takes along. Every table of a tenant is named here or below; a test holds it. */
export const archivedTables: Record<string, ArchivedTable> = {
  // What is sealed opens with keys that stay here.
  ...Object.fromEntries(
    recordTypes.map(({ resource }) => [
      resource.table,
      { arrives: Object.fromEntries([...sealedFields(resource).keys()].map((name) => [name, null])) },
    ]),
  ),
  // The name is the address it has here, and the new one is given by whoever imports.
  tenant: { tenantColumn: 'id', arrives: { name: `current_setting('app.archive_name')` } },
  user_account: {},
  // Before, others than members could have this right.
  role: {
    settles: `update role set rights = rights - 'tenant' where tenant_id = app.tenant_id() and kind <> 'member' and rights ? 'tenant'`,
  },
  user_role: {},
  team: {},
  team_member: {},
  custom_field: {},
  custom_conversion: {},
  custom_conversion_value: {},
  contact_position: {},
  record_tag: {},
  attachment: {},
  attachment_version: {},
  document_version: {},
  favourite: {},
  deleted_favourite: {},
  follower: {},
  deal_line: {},
  deal_share: {},
  deal_stage_visit: {},
  deleted_stage: {},
  dashboard: {},
  dashboard_tile: {},
  // Sent by jobs, which stay behind: nobody gets e-mails of a copy until somebody there saves the mailing again.
  dashboard_mailing: {},
  sales_target: {},
  currency_rate: {},
  scoring_rule: {},
  score_model: {},
  deal_score: {},
  calendar_object: {},
  calendar_address: {},
  mail_message: { arrives: { raw_key: ownKey } },
  message_address: {},
  message_reference: {},
  mail_folder: {},
  mail_ledger: { arrives: { raw_key: ownKey } },
  mail_thread: {},
  sharing_exception: {},
  mailbox_alias: {},
  // What waits here is sent from here, once.
  outgoing_mail: {
    settles: `update outgoing_mail set state = 'cancelled' where tenant_id = app.tenant_id() and state in ('waiting', 'sending')`,
  },
  // Where the bytes lie is the installation's own business.
  file: { arrives: { storage_key: `app.tenant_id() || '/' || r.kind || '/' || r.id` } },
  saved_mapping: {},
  saved_view: {},
  notification: {},
  notification_setting: {},
  import: {
    settles: `update import set state = case state when 'dry_running' then 'ready' when 'reverting' then 'done' else 'cancelled' end
      where tenant_id = app.tenant_id() and state in ('dry_running', 'reverting', 'running')`,
  },
  import_file: { arrives: { found_envelope: null } },
  import_outcome: {},
  import_problem: {},
  import_row: { arrives: { cells_envelope: null } },
  import_fix: {},
  export: {
    settles: `update export set state = 'failed', error = 'It was not finished when the workspace moved. Make it again.'
      where tenant_id = app.tenant_id() and state in ('waiting', 'running')`,
  },
  examiner_export: {
    settles: `update examiner_export set state = 'failed', error = 'It was not finished when the workspace moved. Make it again.'
      where tenant_id = app.tenant_id() and state in ('waiting', 'running')`,
  },
  // The place is a number in the trail, which gets others; only a change under way has one.
  change: {
    arrives: { place: null },
    settles: `update change set state = 'cancelled', finished_at = now()
      where tenant_id = app.tenant_id() and state in ('waiting', 'running')`,
  },
  duplicate_rules: {},
  duplicate_suspect: {},
  // Numbers are the installation's: they are counted from the first that leaves, and arrive just below the next number
  // there. Transactions are too: what arrives is before all that the feed of changes tells of.
  audit_event: {
    rows: `t.action <> 'signal' and ${travels}`,
    leaves: { record_id: ofTenant.leaves, seq: fromFirst },
    prepares: `select set_config('app.first_seq', (nextval('public.audit_event_seq_seq') - 1 - coalesce(max((line ->> 'seq')::bigint),
      0))::text, true)
      from archive_line`,
    arrives: { record_id: ofTenant.arrives, seq: afterFirst, xid: `'0'` },
  },
  // Archived months stay here, and are the past of the copy all the same: it is told where its own trail begins. What
  // is archived where it arrives is none of its past.
  trail_origin: {
    from: `(select o.tenant_id, o.trail_since from public.trail_origin o where app.restores_archive() union all
      select app.tenant_id(), max(p.end_at) from app.archived_periods() p where p.source = 'audit_event'
        and app.restores_archive() is not true having count(*) > 0)`,
  },
  record_history: {
    rows: travels,
    leaves: { record_id: ofTenant.leaves, seq: fromFirst },
    arrives: { record_id: ofTenant.arrives, seq: afterFirst },
  },
};

/** Tables that triggers fill from what arrives, so that they need not travel. */
export const madeAnew: readonly string[] = ['custom_value', 'subject', 'record_link'];

interface Left {
  why: string;
  /**
   * Its name in the audit trail. The trail of what is left behind is left behind with it, so that the one accounts for
   * the other.
   */
  resource?: string;
}

const credential =
  'A way to sign in: an archive opens no account. People set a new one, by mail or by a link from an administrator.';
const bound = 'Agreed with a sign-in provider for the address of this installation, and sealed with its key.';
const counted = 'Figures of what was done here, gone within months; nothing of it was done in the copy.';
const sealing =
  'It opens only what is sealed in this workspace, with the key of this installation: sealed values do not travel.';
const passing = 'Bookkeeping of this installation, gone within days.';

export const excludedTables: Record<string, Left> = {
  language_model: {
    why: 'Its key is sealed with the key of this installation, whose operator lists where it may be.',
    resource: 'language_model',
  },
  language_model_answer: { why: 'Asked for anew, where the texts arrive.' },
  language_model_call: { why: 'What was sent from here, gone within months.' },
  language_model_usage: { why: counted },
  meaning_model: { why: 'Learnt anew from the texts, where they arrive.' },
  meaning_term: { why: 'Learnt anew from the texts, where they arrive.' },
  meaning_passage: { why: 'Learnt anew from the texts, where they arrive.' },
  user_password: { why: credential, resource: 'password' },
  user_totp: { why: credential, resource: 'totp' },
  totp_use: { why: credential },
  recovery_code: { why: credential, resource: 'recovery_code' },
  passkey: { why: credential, resource: 'passkey' },
  api_key: { why: credential, resource: 'api_key' },
  calendar_feed: { why: credential, resource: 'calendar_feed' },
  session: { why: credential },
  operator: { why: 'Looks after the installation that the archive comes from, not after the one that reads it.' },
  account_link: { why: 'Says which accounts of the installation that the archive comes from are the same person.' },
  confirmed_email: { why: 'Agreed with the reader of an address by this installation; an archive could name anybody.' },
  one_time_token: { why: credential },
  sign_in_provider: { why: bound, resource: 'sign_in_provider' },
  external_identity: { why: bound, resource: 'external_identity' },
  webhook: {
    why: 'Its secret is sealed with the key of this installation, and its receiver would get the changes of the copy too.',
    resource: 'webhook',
  },
  mail_connection: { why: 'Its password is sealed with the key of this installation, and two would read one mailbox.' },
  google_client: { why: bound, resource: 'google_client' },
  webhook_sending: { why: passing },
  webhook_delivery: { why: 'What was sent from here, gone within weeks.' },
  calendar_account: {
    why: 'Its password is sealed with the key of this installation, and two would read its calendars.',
  },
  calendar_source: { why: 'Says where a calendar is at a provider, which the copy is not connected to.' },
  usage_activity: { why: counted },
  usage_route: { why: counted },
  usage_statement: { why: counted },
  log_line: { why: 'What the program wrote while it ran here, gone within weeks.' },
  log_count: { why: 'Of lines that stay here.' },
  change_item: { why: 'What a change under way had still to do; it is cancelled in the copy.' },
  feed_mark: { why: 'Of which changes something is still to follow; they were made there.' },
  feed_cursor: { why: passing },
  feed_set_aside: { why: 'What did not follow from changes; they were made there.' },
  workspace_key: { why: sealing },
  data_key: { why: sealing },
  idempotency_key: { why: passing },
  job: { why: passing },
  schedule: { why: 'Planned anew from what the program declares.' },
};

/**
 * What somebody would miss: also what no archive takes along and the audit trail knows. The rest passes, and changes as
 * soon as the program runs.
 */
export const keptTables: readonly string[] = [
  ...Object.keys(archivedTables),
  ...madeAnew,
  ...Object.entries(excludedTables).flatMap(([table, { resource }]) => (resource ? [table] : [])),
];
