import { owned, partOf, reaches, shared, type TableRule } from '../../kernel/access/table-rule.ts';

const ofDeal = { table: 'deal', column: 'deal_id', unless: `(select app.full_scope('deal', 'read')) is not null` };
/** Only triggers write them. */
const written = { append: null, change: null, remove: null };

/** The condition that the caller may change the dashboard of a tile. */
const mayChangeDashboard = `exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
    and (${reaches('dashboard', 'update', 'd.owner_id', true)}))`;

export const salesTables: readonly TableRule[] = [
  partOf('deal_line', 'deal', ofDeal, { hangs: true }),
  partOf('deal_stage_visit', 'deal', ofDeal, { rows: written, note: 'Only the triggers write visits.' }),
  shared('deleted_stage', 'pipeline', {
    rows: { append: null, remove: null },
    note: 'Only the triggers write deleted stages; whoever puts the others in order moves them too.',
  }),
  partOf('deal_share', 'deal', ofDeal, { rows: written, note: 'Only the triggers write shares.' }),
  partOf('deal_score', 'deal', ofDeal),
  shared('score_model', 'scoring'),
  partOf(
    'dashboard_tile',
    'dashboard',
    { table: 'dashboard', column: 'dashboard_id' },
    {
      private: true,
      rows: { append: mayChangeDashboard, change: mayChangeDashboard, remove: mayChangeDashboard },
      changed: mayChangeDashboard,
      note: 'Tiles are visible with their dashboard, and can be changed by whoever may change it.',
    },
  ),
  owned('dashboard_mailing', 'dashboard', 'owner_id', {
    few: true,
    rows: {
      read: `(recipient_id = (select app.user_id()) or ${reaches('dashboard', 'update', 'owner_id', true)})`,
      remove: `(recipient_id = (select app.user_id()) or ${reaches('dashboard', 'delete', 'owner_id', true)})`,
    },
    note: 'The recipient sees the mailing too, and may end it.',
  }),
];
