import { may, readOnly, type TableRule } from '../../kernel/access/table-rule.ts';

const system = '(select app.is_system())';
const written = { append: system, change: system, remove: system };

const readsText = (table: string) =>
  `exists (select from ${table} s where s.tenant_id = meaning_passage.tenant_id and s.id = record_id and s.deleted_at is null)`;

const administers = `(${system} or ${may('tenant', 'update')})`;
const readsSource = (table: string) =>
  `exists (select from ${table} s where s.tenant_id = language_model_answer.tenant_id and s.id = source and s.deleted_at is null)`;

export const insightTables: readonly TableRule[] = [
  readOnly('meaning_model', 'true', { rows: written }),
  readOnly('meaning_term', system, { rows: written }),
  readOnly(
    'meaning_passage',
    `(${system} or case resource when 'note' then ${readsText('note')} when 'activity' then ${readsText('activity')}
      when 'mail_message' then ${readsText('mail_message')} else false end)`,
    { rows: written, note: 'Who reads a text reads its passages: the policies of its own table decide.' },
  ),
  readOnly('language_model', administers, {
    right: 'tenant',
    rows: { append: administers, change: administers, remove: administers },
  }),
  readOnly('language_model_call', administers, { right: 'tenant', rows: written }),
  readOnly('language_model_usage', administers, { right: 'tenant', rows: written }),
  readOnly(
    'language_model_answer',
    `(${system} or not exists (select from unnest(sources) source where not (${readsSource('note')} or ${readsSource('activity')}
      or ${readsSource('mail_message')})))`,
    { rows: written, note: 'An answer is shown to whoever may read every text that it was made of.' },
  ),
];
