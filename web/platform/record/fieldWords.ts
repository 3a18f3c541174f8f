import { spoken, titled } from '../../text/names.ts';
import { t, translateServerText } from '../../text/text.ts';
import { findDefinition } from './definitions.ts';

/** Of records that have no form, and what records of many kinds have. */
const others: Readonly<Record<string, string>> = {
  allowed_domains: t('Allowed e-mail domains'),
  api_key_id: t('API key'),
  arrangement: t('Fields it is arranged by'),
  assignee_id: t('Assignee'),
  backed_up: t('Kept in more than one place'),
  body: t('Text'),
  by_operator: t('Made by an operator of the installation'),
  cancel_requested: t('Stopping'),
  changed_at: t('Changed'),
  chart: t('Shown as'),
  client_id: t('Client ID'),
  close_note: t('Closing note'),
  column_name: t('Column'),
  completed_at: t('Done'),
  confirmed_at: t('Confirmed'),
  content_type: t('Kind of file'),
  created_at: t('Created'),
  created_by: t('By whom'),
  credential_id: t('Id of the passkey'),
  cusip: t('CUSIP'),
  custom: t('Custom fields'),
  dated_on: t('Date'),
  default_value: t('Default'),
  deleted_at: t('Deleted'),
  digest_hour: t('Hour of the digest'),
  digest_weekday: t('Day of the digest'),
  disabled_reason: t('Why it is disabled'),
  discount_percent: t('Discount %'),
  due_at: t('Due'),
  due_on: t('Due day'),
  duration_minutes: t('Minutes'),
  editable_by: t('Editable by'),
  email: t('E-mail'),
  ended_on: t('To'),
  enforces_second_factor: t('Asks for a second factor itself'),
  expires_at: t('Expires'),
  external_id: t('Id in another system'),
  figi: t('FIGI'),
  finished_at: t('Finished'),
  from_on: t('From'),
  grouping: t('By'),
  has_client_secret: t('Has a client secret'),
  hash: t('Secret'),
  import_file_id: t('File'),
  is_unique: t('Unique'),
  isin: t('ISIN'),
  kinds: t('Notifications by topic'),
  died_on: t('Died on'),
  kyc_checked_on: t('Identity checked on'),
  kyc_due_on: t('Next identity check'),
  last_sign_in_at: t('Last sign-in'),
  last_used_at: t('Last used'),
  layout: t('Shown as'),
  lines: t('Products'),
  locale: t('Language'),
  merged_into_id: t('Merged into'),
  occurred_at: t('When'),
  of_contact_id: t('Person in relation'),
  of_entity_id: t('Entity in relation'),
  old_secret_until: t('Old secret signs until'),
  owner_id: t('Owner'),
  price_days: t('Days until a price is stale'),
  price_units: t('Units that a price is of'),
  probability_percent: t('Probability'),
  provider_id: t('Sign-in provider'),
  range: t('Time range'),
  recipient_id: t('Goes to'),
  reciprocal: t('The other way round'),
  recurrence: t('Repeats'),
  remind_at: t('Reminder'),
  remind_before: t('Reminder'),
  required_fields: t('Required to enter this stage'),
  resource: t('Record'),
  retired_at: t('Retired'),
  rhythm: t('How often'),
  rotting_days: t('Days until a deal counts as stalled'),
  row_count: t('Rows'),
  row_number: t('Row'),
  rules: t('Bounds'),
  scopes: t('Narrowed to'),
  sealed: t('Sealed values'),
  sealed_client_secret: t('Client secret'),
  sealed_old_secret: t('Old secret'),
  sealed_secret: t('Secret'),
  sedol: t('SEDOL'),
  series_start: t('Start of the series'),
  sha256: t('Checksum'),
  share_denominator: t('Share: denominator'),
  share_numerator: t('Share: numerator'),
  sharing: t('What others see'),
  shared: t('For everybody'),
  sign_count: t('Times used'),
  size_bytes: t('Size'),
  ssn: t('Social security number'),
  stage_entered_at: t('In this stage since'),
  started_at: t('Started'),
  started_on: t('From'),
  storage_class: t('Storage'),
  tax_id: t('Tax id'),
  transports: t('Connected by'),
  until_on: t('Until'),
  updated_at: t('Changed'),
  url: t('Address'),
  user_id: t('Person'),
  valid_on: t('Valid from'),
  visible_to: t('Visible to'),
  was: t('Earlier text'),
  written_at: t('Changed'),
};

/** As forms call a field; undefined where only its name tells. */
export const knownWords = (resource: string, field: string): string | undefined =>
  findDefinition(resource)?.fields.find(({ key }) => key === field)?.label ?? others[field];

/** A field as forms call it, else by its own name, in the reader's language where that has a word for it. */
export function fieldWords(resource: string, field: string): string {
  const known = knownWords(resource, field);
  if (known) return known;
  const written = writtenName(field);
  const said = translateServerText(written);
  return said === written ? spoken(bare(field)) : said;
}

/** A field that the workspace made itself goes by its key. */
const bare = (field: string) => field.replace(/^custom\.|_id$/g, '');

/** As a title would have it. */
export const writtenName = (field: string): string => titled(bare(field));
