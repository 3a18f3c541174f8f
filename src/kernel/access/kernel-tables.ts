import { may, ofWorkspace, owned, readOnly, shared, type TableRule } from './table-rule.ts';

export const kernelTables: readonly TableRule[] = [
  readOnly('tenant', null, { right: 'tenant', others: [{ name: 'own_tenant', to: 'to holdfast_app' }] }),
  readOnly('audit_event', 'true', {
    right: 'audit',
    others: [
      { name: 'append', to: 'for insert to public', check: 'actor_id is not distinct from (select app.user_id())' },
    ],
    note: `An event names the caller of the transaction, nobody else. The policy is for public because a cascade runs as the owner of the table; the grants
say who may insert at all.`,
  }),
  readOnly('record_history', '((select app.is_system()) or app.reads_history(resource, record_id, before, after))', {
    right: 'audit',
    others: [{ name: 'append', to: 'for insert to public', check: 'true' }],
  }),
  readOnly('trail_origin', 'true'),
  readOnly('feed_consumer', null),
  readOnly('feed_router', null),
  readOnly('operator', 'true'),
  readOnly('operator_action', null),
  ...['alert', 'alert_rule', 'alert_silence', 'alert_receiver', 'alert_message'].map((table) => readOnly(table, null)),
  ...['error_report', 'error_occurrence'].map((table) => readOnly(table, null)),
  ...['lifecycle_archive', 'lifecycle_rule', 'orphan_file', 'file_read'].map((table) => readOnly(table, null)),
  readOnly('schedule_pause', null),
  readOnly('process', null),
  readOnly('storage_sample', null),
  readOnly('certificate', null),
  readOnly('pseudonymised_copy', null),
  readOnly('tenant_deletion', null),
  readOnly('log_line', may('log', 'read'), { right: 'log' }),
  readOnly('log_count', may('log', 'read'), { right: 'log' }),
  readOnly('feed_mark', 'true'),
  readOnly('feed_cursor', 'true'),
  readOnly('feed_set_aside', 'true'),
  ofWorkspace('job', { right: 'job' }),
  readOnly('schedule', 'true'),
  ofWorkspace('idempotency_key'),
  owned('file', 'file', 'created_by'),
  shared('usage_activity', 'usage'),
  shared('usage_route', 'usage'),
  shared('usage_statement', 'usage'),
];
