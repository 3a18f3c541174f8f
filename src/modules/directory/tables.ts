import {
  may,
  ofWorkspace,
  owned,
  partOf,
  personal,
  reaches,
  reachesRecord,
  readOnly,
  shared,
  type TableRule,
} from '../../kernel/access/table-rule.ts';
import { onRecord } from '../../platform/subject.ts';

/** That the caller may change the contact of a position. */
const mayChangeContact =
  () => `exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_position.contact_id
    and p.tenant_id = (select app.tenant_id()) and (${reachesRecord('contact', 'update', 'p.')}))`;

/** That the caller may change or delete the note or comment of an attachment. */
const mayChangeHolder = () =>
  (['note', 'comment'] as const)
    .map(
      (
        holder,
      ) => `(${holder}_id is null or exists (select from ${holder} p where p.tenant_id = attachment.tenant_id and p.id = attachment.${holder}_id
    and p.tenant_id = (select app.tenant_id()) and (${reachesRecord(holder, 'update', 'p.')} or ${reachesRecord(holder, 'delete', 'p.')})))`,
    )
    .join('\n    and ');

/** That the caller may change the kind of record that a tag is put on. */
const mayTag = '((select app.tags_all_subjects()) or app.tags_subject(record_id))';

/** One's own rows, and those of everybody for the program itself. */
const mine = '(user_id = (select app.user_id()) or (select app.is_system()))';

export const directoryTables: readonly TableRule[] = [
  partOf(
    'contact_position',
    'contact',
    { table: 'contact', column: 'contact_id', unless: `(select app.full_scope('contact', 'read')) is not null` },
    {
      hangs: true,
      rows: () => ({ append: mayChangeContact(), change: mayChangeContact(), remove: mayChangeContact() }),
      note: 'Whoever may change a contact may change its positions.',
    },
  ),
  readOnly('subject', 'true', {
    note: 'Only triggers write it. It says of a record no more than its type; who reads the record, says the table of that.',
  }),
  readOnly('record_link', onRecord, {
    note: 'Only triggers write it. Of an entry that is about several records, a reader sees the links to those that the reader may read.',
  }),
  shared('record_tag', 'tag', {
    hangs: true,
    rows: {
      read: `${may('tag', 'read')} and ${onRecord}`,
      append: mayTag,
      change: `(${may('tag', 'update')} or ${may('tag', 'delete')}) and ${onRecord}`,
      remove: mayTag,
    },
    note: 'To tag a record takes the right to change the record, not the right to make or delete tags.',
  }),
  ofWorkspace('attachment', {
    right: 'note',
    hangs: true,
    rows: () => ({
      read: 'app.reads_note_and_comment(note_id, comment_id)',
      append: mayChangeHolder(),
      change: mayChangeHolder(),
      remove: mayChangeHolder(),
    }),
    note: 'Whoever may change or delete a note or comment may change its attachments.',
  }),
  readOnly(
    'attachment_version',
    'exists (select from attachment p where p.tenant_id = attachment_version.tenant_id and p.id = attachment_version.attachment_id)',
    { right: 'note', note: 'Only the trigger of attachments writes them.' },
  ),
  ofWorkspace('follower', {
    rows: { read: onRecord, append: onRecord, change: mine, remove: mine },
    note: 'Whoever reads a record may add a colleague as its follower. Only followers themselves may stop following.',
  }),
  readOnly('favourite', null, { others: [{ name: 'own', to: 'to holdfast_app', holds: mine }] }),
  readOnly('deleted_favourite', null, { others: [{ name: 'own', to: 'to holdfast_app', holds: mine }] }),
  readOnly('notification', null, { others: [{ name: 'own', to: 'to holdfast_app', holds: mine }] }),
  readOnly('notification_setting', null, { others: [{ name: 'own', to: 'to holdfast_app', holds: mine }] }),
  personal('calendar_feed'),
  owned('saved_view', 'saved_view', 'owner_id', {
    few: true,
    private: true,
    rows: {
      read: `((select app.is_system()) or owner_id = (select app.user_id())
    or ((shared or team_id = any ((select app.own_teams())::uuid[]) or (team_id is not null and (select app.full_scope('saved_view', 'update')) = 'all'))
      and (select app.scope('saved_view', 'read')) <> 'none' and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text))))`,
    },
    note: `One's own views, those of one's teams and those shared with all; who may change everybody's views also those of other teams. The program itself
reads all of them, for an export of the workspace. A view that names a field its reader may not see, in its filter, sort, board or groups, is not shown.`,
  }),
  shared('custom_field', 'custom_field', {
    rows: { read: `${may('custom_field', 'read')} and not app.field_hidden(resource, key)` },
  }),
  readOnly('custom_value', 'true', {
    note: `Only triggers write it. Everybody of the workspace may read it, so statements that show values or their records join the records, whose policies
hold.`,
  }),
  shared('custom_conversion', 'custom_field', { rows: { append: may('custom_field', 'update') } }),
  shared('custom_conversion_value', 'custom_field', {
    rows: { append: may('custom_field', 'update'), remove: may('custom_field', 'update') },
    note: 'To convert a field, and to take that back, takes the right to change the field.',
  }),
  ofWorkspace('duplicate_rules', { right: 'tenant' }),
  ofWorkspace('duplicate_suspect'),
  ofWorkspace('change'),
  ofWorkspace('change_item'),
  owned('import', 'import', 'created_by'),
  partOf('import_file', 'import', { table: 'import', column: 'import_id' }),
  partOf('import_row', 'import', { table: 'import_file', column: 'import_file_id' }),
  partOf('import_fix', 'import', { table: 'import_file', column: 'import_file_id' }),
  partOf('import_outcome', 'import', { table: 'import_file', column: 'import_file_id' }),
  partOf('import_problem', 'import', { table: 'import_file', column: 'import_file_id' }),
  shared('saved_mapping', 'saved_mapping', {
    rows: { read: `${may('saved_mapping', 'read')} and not app.names_hidden(columns::text)` },
    note: 'One that names a field its reader may not see is not shown.',
  }),
  owned('export', 'export', 'created_by', {
    rows: {
      read: `(${reaches('export', 'read', 'created_by')})
    and (created_by = (select app.user_id()) or not app.names_hidden(concat(filter, ' ', sort, ' ', columns::text)))`,
    },
    note: 'One of somebody else that names a field its reader may not see, in its filter, sort or columns, is not shown.',
  }),
  shared('webhook', 'webhook', {
    rows: {
      read: `${may('webhook', 'read')} and (owner_id = (select app.user_id()) or not app.names_hidden(events::text))`,
    },
    note: 'One of somebody else whose filter names a field that the reader may not see is not shown: its log would reveal who meets it.',
  }),
  shared('webhook_sending', 'webhook'),
  shared('webhook_delivery', 'webhook', {
    rows: { append: may('webhook', 'update') },
    note: 'The program leaves deliveries; a person leaves a test.',
  }),
];
