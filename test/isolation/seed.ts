import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { FieldMeta } from '../../src/kernel/contract/fields.ts';
import { recordTypes } from '../../src/modules/index.ts';

/** Values of a row; what is left out takes its default. */
type Row = Record<string, unknown>;

/** A value of a field that must have one. */
function neededValue({ type, values, table }: FieldMeta, label: string, ids: Record<string, string>): unknown {
  if (type === 'reference') return ids[table!];
  if (values) return values[0];
  if (type === 'date') return '2026-01-01';
  if (type === 'integer' || type === 'decimal' || type === 'money') return 1;
  return type === 'currency' ? 'USD' : label;
}

/**
 * One row in every tenant table, the same for each tenant but for ids and secrets. Record types that are not named here
 * get a row from their contract; any other new table joins here: the suite fails for tables that hold no row. Returns
 * the ids by table.
 */
export async function seedTenant(client: pg.Client, tenant_id: string, label: string): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  const insert = async (table: string, row: Row) => {
    const columns = ['tenant_id', ...Object.keys(row)];
    const parameters = columns.map((_, i) => `$${i + 1}`);
    const statement = `insert into ${table} (${columns.join(', ')}) values (${parameters.join(', ')}) returning *`;
    const { rows } = await client.query(statement, [tenant_id, ...Object.values(row)]);
    ids[table] = rows[0].id;
    return rows[0].id as string;
  };
  const hash = () => randomBytes(32);

  const user_id = await insert('user_account', {
    email: `${label}@example.com`,
    name: `${label} person`,
    status: 'active',
  });
  const role_id = await insert('role', { key: 'probe', name: 'Probe' });
  await insert('user_role', { user_id, role_id });
  const team_id = await insert('team', { name: 'Team', manager_id: user_id });
  await insert('team_member', { team_id, user_id });
  await insert('confirmed_email', { user_id, email_key: `${label}@example.com` });
  await insert('user_password', { user_id, hash: '$argon2id$v=19$m=1,t=1,p=1$none$none' });
  await insert('user_totp', { user_id, sealed_secret: hash() });
  await insert('totp_use', { user_id, step: 1 });
  await insert('recovery_code', { user_id, hash: hash() });
  await insert('passkey', { user_id, name: 'Key', credential_id: hash(), public_key: hash() });
  await insert('session', { user_id, hash: hash(), method: 'password', expires_at: '2100-01-01' });
  await insert('api_key', { name: 'Key', prefix: randomBytes(4).toString('hex'), hash: hash(), role_id, user_id });
  await insert('operator', { user_id, granted_by: 'seed' });
  await insert('account_link', { user_id, person_id: user_id });
  // Its route names a workspace; any id stands for one.
  ids.account_link = user_id;
  await insert('one_time_token', { kind: 'sign_in_link', hash: hash(), user_id, expires_at: '2100-01-01' });
  const provider_id = await insert('sign_in_provider', {
    name: 'Provider',
    kind: 'oidc',
    issuer: 'https://id.example',
    client_id: 'x',
  });
  await insert('external_identity', { provider_id, subject: 'subject', user_id });
  const webhook_id = await insert('webhook', {
    name: 'Webhook',
    url: 'https://receiver.example/hook',
    events: '{"contact":{"verbs":["created"]}}',
    owner_id: user_id,
    sealed_secret: hash(),
  });
  await insert('webhook_sending', { webhook_id });
  await insert('webhook_delivery', {
    webhook_id,
    seq: 1,
    type: 'contact.created',
    resource: 'contact',
    record_id: webhook_id,
  });
  // Replaced: they open nothing, and those that the program makes itself count.
  const replaced_at = '2026-01-01';
  const workspace_key_id = await insert('workspace_key', {
    id: randomUUID(),
    sealed_key: randomBytes(65),
    replaced_at,
  });
  await insert('data_key', {
    id: randomUUID(),
    kind: 'data',
    workspace_key_id,
    wrapped: randomBytes(65),
    replaced_at,
  });
  await insert('idempotency_key', {
    actor_id: user_id,
    key: 'key',
    request_hash: hash(),
    status: 200,
    headers: '{}',
    body: '{}',
  });
  await insert('job', { kind: 'probe', state: 'failed' });
  await insert('schedule', { name: 'seed', cron: '0 3 * * *', time_zone: 'UTC', next_at: '2126-01-01' });
  await insert('file', {
    kind: 'upload',
    name: 'file.txt',
    content_type: 'text/plain',
    size_bytes: 1,
    sha256: hash(),
    storage_key: `${tenant_id}/upload/${label}`,
    created_by: user_id,
  });
  // Triggers make the custom_value of a contact that has one.
  const field_id = await insert('custom_field', { resource: 'contact', key: 'probe', label: 'Probe', type: 'text' });
  const company_id = await insert('company', { name: `${label} company`, owner_id: user_id });
  const contact_id = await insert('contact', {
    given_name: label,
    family_name: 'Person',
    company_id,
    owner_id: user_id,
    custom: JSON.stringify({ probe: label }),
  });
  await insert('contact_position', { contact_id, company_id });
  const tag_id = await insert('tag', { name: 'Tag' });
  const product_id = await insert('product', { name: 'Product' });
  const pipeline_id = await insert('pipeline', { name: 'Pipeline' });
  for (const kind of ['won', 'lost', 'open']) await insert('stage', { pipeline_id, name: kind, kind });
  await insert('close_reason', { name: 'Reason', outcome: 'won' });
  const deal_id = await insert('deal', {
    name: `${label} deal`,
    company_id,
    contact_id,
    owner_id: user_id,
    pipeline_id,
    stage_id: ids.stage,
    status: 'open',
  });
  await insert('deal_line', { deal_id, product_id });
  await insert('deleted_stage', { id: crypto.randomUUID(), pipeline_id, kind: 'open', position: 4 });
  await insert('record_tag', { tag_id, record_id: contact_id });
  await insert('trail_origin', { trail_since: '2020-01-01' });
  await insert('subject', { id: crypto.randomUUID(), type: 'probe' });
  const note_id = await insert('note', { body: `${label} note`, author_id: user_id, records: [contact_id] });
  const attachment_id = await insert('attachment', {
    file_id: ids.file,
    note_id,
    name: 'file.txt',
    content_type: 'text/plain',
    size_bytes: 1,
  });
  await insert('attachment_version', {
    attachment_id,
    number: 1,
    file_id: ids.file,
    name: 'file.txt',
    content_type: 'text/plain',
    size_bytes: 1,
    written_at: new Date().toISOString(),
  });
  await insert('comment', { body: `${label} comment`, mentions: [user_id], author_id: user_id, record_id: contact_id });
  await insert('task', { title: `${label} task`, assignee_id: user_id, records: [contact_id] });
  await insert('calendar_feed', { user_id, hash: hash() });
  await insert('activity', { kind: 'call', subject: `${label} call`, author_id: user_id, records: [contact_id] });
  await insert('follower', { user_id, record_id: contact_id });
  await insert('favourite', { user_id, resource: 'contact', record_id: contact_id, position: 1 });
  await insert('deleted_favourite', {
    id: crypto.randomUUID(),
    user_id,
    resource: 'product',
    record_id: crypto.randomUUID(),
    position: 2,
    created_at: new Date(),
  });
  await insert('notification', {
    user_id,
    kind: 'changed',
    resource: 'contact',
    record_id: contact_id,
    cause: 'seed',
    in_app: true,
    email: 'off',
  });
  await insert('notification_setting', { user_id });
  const import_id = await insert('import', { name: `${label}.csv`, created_by: user_id });
  const import_file_id = await insert('import_file', {
    import_id,
    position: 1,
    name: `${label}.csv`,
    size_bytes: 1,
    found: '{"columns":[],"proposed":{"columns":[]}}',
  });
  await insert('import_problem', { import_file_id, code: 'probe', severity: 'warning', message: 'Probe' });
  await insert('import_row', { import_file_id, row_number: 2, cells: '{Probe}' });
  await insert('import_outcome', { import_file_id, row_number: 2, action: 'create', name: 'Probe' });
  await insert('import_fix', {
    import_file_id,
    row_number: 2,
    column_name: 'Name',
    value: 'Probe',
    created_by: user_id,
  });
  await insert('saved_mapping', { name: 'Mapping', resource: 'contact', columns: '{}' });
  await insert('saved_view', { owner_id: user_id, resource: 'contact', name: 'View', shared: true });
  const dashboard_id = await insert('dashboard', { owner_id: user_id, name: 'Dashboard', shared: true });
  await insert('dashboard_tile', {
    dashboard_id,
    figure: 'won_value',
    grouping: 'none',
    chart: 'number',
    range: 'all',
    period: 'month',
  });
  await insert('dashboard_mailing', {
    dashboard_id,
    recipient_id: user_id,
    owner_id: user_id,
    rhythm: 'daily',
    next_at: '2100-01-01',
  });
  await insert('sales_target', { owner_id: user_id, figure: 'won_count', period: 'month', deals: 3 });
  await insert('export', { resource: 'contact', created_by: user_id });
  const change_id = await insert('change', { id: crypto.randomUUID(), kind: 'delete', created_by: user_id });
  await insert('change_item', { change_id, position: 1, record_id: contact_id });
  await insert('duplicate_rules', { resource: 'contact', rules: '[]' });
  await insert('duplicate_suspect', {
    resource: 'contact',
    one_id: '00000000-0000-0000-0000-000000000001',
    other_id: contact_id,
    score: 1,
    reasons: ['same_name'],
  });
  await insert('currency_rate', { currency: 'CHF', valid_on: '2026-01-01', rate: '1.05' });
  await insert('scoring_rule', {
    name: 'Rule',
    resource: 'deal',
    filter: '{"field":"name","op":"not_empty"}',
    points: 5,
  });
  const model_id = await insert('score_model', { verdict: 'not_enough_history', won: 0, lost: 0 });
  await insert('deal_score', { deal_id, model_id, known: '{}' });
  const marked = { from_xid: 1, from_seq: 1, until_xid: 1, until_seq: 2, since: '2026-01-01' };
  await insert('feed_mark', { consumer: 'seed', ...marked });
  await insert('feed_cursor', { consumer: 'seed' });
  await insert('feed_set_aside', { consumer: 'seed', seq: 1, xid: 1, at: '2026-01-01', error: 'Seed' });
  const conversion_id = await insert('custom_conversion', {
    field_id,
    from_definition: '{"type":"integer"}',
    to_type: 'text',
  });
  await insert('custom_conversion_value', { conversion_id, record_id: contact_id, before: '1' });
  const day = '2026-01-01';
  await insert('usage_activity', { day, user_id, feature: 'Contacts', requests: 1 });
  const times = { requests: 1, refused: 0, failed: 0, total_ms: 1, max_ms: 1, counts: [0, 1] };
  await insert('usage_route', { day, method: 'GET', path: '/api/v1/contacts', ...times });
  const statement = { statement: `select '${label}'`, runs: 1, total_ms: 1, max_ms: 1 };
  await insert('usage_statement', { day, operation: 'GET /api/v1/contacts', hash: hash(), ...statement });
  await client.query('select app.ensure_log_partition($1)', [day]);
  await insert('log_line', { id: tenant_id, at: day, level: 30, process: 'seed', message: 'Seed', data: '{}' });
  await insert('log_count', { at: day, level: 30, lines: 1 });
  const mailbox_id = await insert('mailbox', {
    name: 'Mailbox',
    address: `${label}@mail.example`,
    owner_id: user_id,
    sharing: 'all',
  });
  await insert('mail_connection', {
    mailbox_id,
    imap_host: 'imap.example',
    imap_port: 993,
    imap_security: 'tls',
    smtp_host: 'smtp.example',
    smtp_port: 465,
    smtp_security: 'tls',
    username: label,
    sealed_password: hash(),
  });
  await insert('google_client', { client_id: label, sealed_client_secret: hash() });
  const folder_id = await insert('mail_folder', { mailbox_id, path: 'INBOX', name: 'INBOX', role: 'inbox' });
  await insert('mailbox_alias', { mailbox_id, address: `alias-${label}@mail.example` });
  await insert('sharing_exception', { mailbox_id, kind: 'folder', target_id: folder_id, level: 'subjects' });
  const conversation_id = crypto.randomUUID();
  const message_id = await insert('mail_message', {
    digest: hash(),
    conversation_id,
    subject: `${label} mail`,
    body: `${label} mail`,
    occurred_at: '2026-01-01',
    records: [contact_id],
    // Set by hand: else matching takes it away.
    records_set: true,
    mailbox_ids: [mailbox_id],
  });
  await insert('message_address', { address: `${label}@example.com`, message_id });
  await insert('message_reference', { header_id: '<seed@mail.example>', conversation_id });
  await insert('mail_ledger', { mailbox_id, folder_id, uid_validity: 1, uid: 1, outcome: 'imported', message_id });
  await insert('outgoing_mail', {
    mailbox_id,
    header_id: '<out@mail.example>',
    recipients: '[]',
    send_at: '2100-01-01',
  });
  const calendar_id = await insert('meeting_calendar', { name: 'Calendar', owner_id: user_id, sharing: 'all' });
  const account_id = await insert('calendar_account', {
    owner_id: user_id,
    url: 'https://dav.example',
    username: label,
    sealed_password: hash(),
  });
  await insert('calendar_source', { calendar_id, account_id, href: 'https://dav.example/a/' });
  const object_id = await insert('calendar_object', { calendar_id, href: '/a/1.ics', etag: '1', outcome: 'imported' });
  await insert('calendar_address', { address: `${label}@example.com`, object_id });
  await insert('meeting', {
    calendar_id,
    object_id,
    title: `${label} meeting`,
    description: `${label} meeting`,
    occurred_at: '2026-01-01',
    ends_at: '2026-01-01',
    owner_id: user_id,
    records: [contact_id],
    records_set: true,
  });
  await insert('mail_thread', { mailbox_id, conversation_id, last_at: '2026-01-01', messages: 1, unread: 0 });
  await insert('language_model', {
    url: 'https://models.example/v1',
    chat_model: label,
    sealed_key: hash(),
    features: ['summary'],
    workspace_tokens_max: 1,
    person_tokens_max: 1,
    feature_tokens_max: 1,
  });
  await insert('language_model_call', {
    feature: 'summary',
    user_id,
    sources: [message_id],
    host: 'models.example',
    model: label,
    bytes_sent: 1,
    tokens_reserved: 1,
  });
  await insert('language_model_usage', { day: '2026-01-01', kind: 'workspace', key: '' });
  await insert('language_model_answer', {
    digest: hash(),
    model: label,
    answer: '{}',
    sources: [message_id],
    // Later than any change of its text, with which it would go.
    created_at: '2100-01-01',
  });
  const meaning_id = await insert('meaning_model', {
    state: 'serving',
    documents: 1,
    average_length: 1,
    dimensions: 1,
  });
  await insert('meaning_term', { model_id: meaning_id, word: 1, documents: 1 });
  await insert('meaning_passage', {
    model_id: meaning_id,
    resource: 'mail_message',
    record_id: message_id,
    starts_at: 0,
    ends_at: 1,
    size: 1,
    signature: '0'.repeat(256),
    vector: hash(),
    words: [1],
    counts: hash(),
  });
  for (const { resource } of recordTypes) {
    // With a file, so that it has a version.
    if (resource.table === 'document')
      await insert('document', { household_id: ids.household, type: 'statement', name: label, file_id: ids.file });
    if (resource.table === 'examiner_export')
      await insert('examiner_export', { household_id: ids.household, reason: 'Seed', created_by: user_id });
    if (resource.table === 'household_adviser') {
      await insert('household_adviser', { household_id: ids.household, user_id, role: 'grant' });
    }
    if (resource.table === 'relationship')
      await insert('relationship', {
        household_id: ids.household,
        contact_id: ids.contact,
        of_entity_id: ids.legal_entity,
      });
    if (resource.table === 'identity_document')
      await insert('identity_document', { contact_id: ids.contact, kind: 'passport' });
    if (resource.table === 'exchange_rate')
      await insert('exchange_rate', { currency: 'CHF', in_currency: 'USD', day, rate: 1 });
    if (resource.table === 'account_owner')
      await insert('account_owner', {
        account_id: ids.financial_account,
        contact_id: ids.contact,
        role: 'owner',
        share_numerator: 1,
        share_denominator: 1,
      });
    if (resource.table === 'account_transaction')
      await insert('account_transaction', {
        account_id: ids.financial_account,
        security_id: ids.financial_security,
        traded_on: day,
        kind: 'buy',
        quantity: 1,
        amount: -1,
      });
    if (ids[resource.table]) continue;
    const needed = [...resource.meta].filter(
      ([, { required, type, readOnly }]) => (required || type === 'reference') && !readOnly,
    );
    await insert(
      resource.table,
      Object.fromEntries(needed.map(([name, meta]) => [name, neededValue(meta, label, ids) ?? null])),
    );
  }
  return ids;
}
