import type { FieldMeta } from '../../kernel/contract/fields.ts';
import { definedResources } from '../../kernel/contract/resource.ts';

/**
 * What becomes of a column: it stays, is emptied for all rows by one statement, or each of its values is substituted.
 */
export type ColumnRule = 'keep' | { sql: string } | Substitute;
export type Substitute =
  | 'given_name' | 'family_name' | 'person_name' | 'company' | 'label' | 'external_id' | 'domain' | 'email' | 'url' | 'phone' | 'street'
  | 'same_form' | 'town' | 'job_title' | 'birthday' | 'prose' | 'file_name' | 'emails' | 'phones' | 'urls' | 'texts' | 'addresses' | 'custom'
  | 'filter'; // biome-ignore format: a list of words

/** Absent in `columns`: the contract says, or the type of the column, or nobody, and then nothing is done at all. */
export type TableRule = { emptied: string } | { columns: Record<string, ColumnRule> };

const toNull = { sql: 'null' } as const;
const keeping = (...names: string[]): Record<string, ColumnRule> =>
  Object.fromEntries(names.map((name) => [name, 'keep']));
const emptied = (why: string): TableRule => ({ emptied: why });

const credential = 'ways to sign in, and what was agreed with others for them';
const outgoing = 'what would be sent to somebody';
const imported = 'what the files of imports held';
const passing = 'work under way, and answers to repeated requests';
const written = 'what the program wrote about requests and people';
const values = 'earlier values of records, and changes that could be undone';
const sealing = 'keys of what is sealed, which the copy does not have';
const machines = 'what the machines of the original are like';
const mails = 'what people wrote to each other';
const learnt = 'what was learnt from values, and is learnt anew';

/**
 * The vocabulary of a workspace, chosen by those who set it up: it stays, so that a copy works like the original. Docs
 * say so (docs/operating/staging.md).
 */
const vocabulary = ['role', 'team', 'tag', 'pipeline', 'stage', 'close_reason', 'product', 'custom_field'];

const ofTables: Record<string, TableRule> = {
  alert: emptied(written),
  alert_message: emptied(outgoing),
  alert_receiver: emptied(outgoing),
  alert_rule: { columns: keeping('rule') },
  alert_silence: emptied(written),
  api_key: emptied(credential),
  attachment: { columns: { content_type: { sql: `'text/plain'` }, name: 'file_name' } },
  attachment_version: { columns: { content_type: { sql: `'text/plain'` }, name: 'file_name' } },
  // The commitments stay, and vouch for values that nobody knows any more: their salts were in the history.
  audit_event: {
    columns: {
      ...keeping('actor_kind', 'action', 'resource', 'fields', 'commitment', 'request_id', 'cause', 'via'),
      ip: toNull,
    },
  },
  meeting_calendar: { columns: { name: 'label' } },
  calendar_account: emptied(credential),
  calendar_address: emptied(mails),
  calendar_feed: emptied(credential),
  calendar_object: emptied(mails),
  calendar_source: emptied(mails),
  certificate: emptied(machines),
  change: emptied(values),
  change_item: emptied(values),
  confirmed_email: emptied(credential),
  contact: {
    columns: {
      // Made by the database of the two; filters compare with it.
      name: 'person_name',
      job_title: 'job_title',
      birthday: 'birthday',
      other_emails: 'emails',
      other_phones: 'phones',
      sites: 'urls',
      time_zone: 'keep',
      email_label: toNull,
      phone_label: toNull,
      address_label: toNull,
    },
  },
  communication: { columns: { participants: { sql: `'{}'` } } },
  company: { columns: { name: 'company', domain: 'domain' } },
  contact_position: { columns: { role: 'job_title' } },
  custom_conversion: emptied(values),
  custom_conversion_value: emptied(values),
  // Triggers write it again from what records hold.
  custom_value: { columns: keeping('value') },
  dashboard_mailing: emptied(outgoing),
  dashboard_tile: { columns: { filter: 'filter' } },
  deal_score: emptied(learnt),
  deleted_favourite: { columns: keeping('resource') },
  deleted_stage: { columns: keeping('kind') },
  document: {
    columns: { content_type: { sql: `'text/plain'` }, file_name: 'file_name', ...keeping('file_id', 'sha256') },
  },
  document_version: { columns: { content_type: { sql: `'text/plain'` }, name: 'file_name', sha256: 'keep' } },
  duplicate_rules: { columns: keeping('resource', 'rules') },
  duplicate_suspect: { columns: keeping('resource', 'reasons') },
  error_occurrence: emptied(written),
  error_report: emptied(written),
  examiner_export: emptied('files that people made of records'),
  export: emptied('files that people made of records'),
  external_identity: emptied(credential),
  favourite: { columns: keeping('resource') },
  feed_consumer: { columns: keeping('name', 'events') },
  feed_cursor: { columns: { consumer: 'keep', error: toNull } },
  feed_mark: { columns: keeping('consumer') },
  feed_set_aside: emptied(passing),
  file: {
    columns: {
      ...keeping('kind', 'storage_key', 'storage_class', 'sha256'),
      content_type: { sql: `'text/plain'` },
      name: 'file_name',
    },
  },
  file_read: emptied(written),
  workspace_key: emptied(sealing),
  data_key: emptied(sealing),
  idempotency_key: emptied(passing),
  import: { columns: { ...keeping('state', 'options', 'rights'), name: 'file_name', error: toNull, reversal: toNull } },
  import_file: emptied(imported),
  import_fix: emptied(imported),
  import_outcome: emptied(imported),
  import_problem: emptied(imported),
  import_row: emptied(imported),
  job: emptied(passing),
  lifecycle_archive: {
    columns: { ...keeping('source', 'state', 'storage_key', 'content_sha256', 'stored_sha256'), error: toNull },
  },
  lifecycle_rule: { columns: { name: 'keep', error: toNull } },
  log_count: emptied(written),
  log_line: emptied(written),
  mailbox: { columns: { address: 'email', name: 'label' } },
  google_client: emptied(credential),
  mail_connection: emptied(credential),
  mail_folder: emptied(mails),
  mail_ledger: emptied(mails),
  mail_thread: emptied(mails),
  sharing_exception: emptied(mails),
  mailbox_alias: emptied(mails),
  mail_message: emptied(mails),
  message_address: emptied(mails),
  message_reference: emptied(mails),
  outgoing_mail: emptied(outgoing),
  meeting: emptied(mails),
  notification: emptied(outgoing),
  notification_setting: { columns: keeping('kinds', 'digest') },
  one_time_token: emptied(credential),
  account_link: emptied(credential),
  operator: emptied(credential),
  operator_action: emptied(written),
  orphan_file: emptied(passing),
  passkey: emptied(credential),
  process: emptied(machines),
  pseudonymised_copy: { columns: keeping('source') },
  record_history: emptied(values),
  record_link: { columns: keeping('item_type') },
  recovery_code: emptied(credential),
  saved_mapping: emptied(imported),
  saved_view: { columns: { ...keeping('sort', 'columns'), filter: 'filter', arrangement: { sql: `'{}'` } } },
  schedule: { columns: keeping('name', 'cron', 'time_zone') },
  schedule_pause: emptied(written),
  language_model: emptied(credential),
  language_model_answer: emptied(written),
  language_model_call: emptied(written),
  language_model_usage: emptied(written),
  meaning_model: emptied(learnt),
  meaning_passage: emptied(learnt),
  meaning_term: emptied(learnt),
  score_model: emptied(learnt),
  scoring_rule: { columns: { filter: 'filter' } },
  session: emptied(credential),
  sign_in_provider: emptied(credential),
  storage_sample: emptied(machines),
  subject: { columns: keeping('type') },
  task: { columns: keeping('remind_before', 'recurrence') },
  tenant: {
    columns: keeping(
      'name',
      'title',
      'time_zone',
      'locale',
      'features',
      'personal_sealing',
      'personal_sealing_remnants',
    ),
  },
  tenant_deletion: { columns: keeping('name') },
  totp_use: emptied(credential),
  usage_activity: emptied(written),
  usage_route: emptied(written),
  usage_statement: emptied(written),
  user_account: { columns: { ...keeping('locale', 'time_zone'), name: 'person_name' } },
  user_password: emptied(credential),
  user_role: { columns: keeping('kind') },
  user_totp: emptied(credential),
  webhook: emptied(outgoing),
  webhook_delivery: emptied(outgoing),
  webhook_sending: emptied(outgoing),
};

/** Fields of any record type that have a meaning by their name. */
const byName: Record<string, ColumnRule> = {
  given_name: 'given_name',
  middle_name: 'given_name',
  family_name: 'family_name',
  external_id: 'external_id',
  street: 'street',
  postal_code: 'same_form',
  city: 'town',
  ...keeping('region', 'country'),
};

const byType: Partial<Record<FieldMeta['type'], ColumnRule>> = {
  text: 'label',
  long_text: 'prose',
  email: 'email',
  phone: 'phone',
  url: 'url',
  labelled: 'texts',
  addresses: 'addresses',
  custom: 'custom',
  // A copy has other keys.
  secret: toNull,
  ...(keeping('select', 'currency', 'date', 'time') as Partial<Record<FieldMeta['type'], ColumnRule>>),
};

function ofField(name: string, { type, sensitivity }: FieldMeta): ColumnRule | undefined {
  if (type === 'text') return byName[name] ?? (sensitivity === 'secret' ? toNull : 'label');
  return byType[type];
}

/** The rules of all tables that the program knows, record types included: those derive from their contracts. */
export function tableRules(): Map<string, TableRule> {
  const rules = new Map(Object.entries(ofTables));
  for (const { table, meta } of definedResources()) {
    const own = rules.get(table);
    if (own && 'emptied' in own) continue;
    const isVocabulary = vocabulary.includes(table);
    const derived = [...meta].flatMap(([name, field]) => {
      const rule = isVocabulary && field.type !== 'custom' ? 'keep' : ofField(name, field);
      return rule ? [[name, rule] as const] : [];
    });
    rules.set(table, { columns: { ...Object.fromEntries(derived), ...own?.columns } });
  }
  return rules;
}
