import { full, ownWork } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { ownDashboard } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    dashboard: true;
  }
}

/** Everybody's figures; dashboards of one's own. */
const figures = { ...ownWork, read: 'all' } as const;

/** Dashboards are of their makers. */
export const dashboardType: RecordType = {
  resource: ownDashboard,
  rule: owned('dashboard', 'dashboard', 'owner_id', {
    few: true,
    private: true,
    rows: {
      read: `((select app.is_system()) or owner_id = (select app.user_id())
        or (shared and (select app.scope('dashboard', 'read')) <> 'none'))`,
    },
    note: `One's own dashboards and shared ones; the program itself reads all of them, for an export of the workspace.`,
  }),
  right: { roles: { manager: full, member: figures, advisor: figures, viewer: figures } },
  rules: {
    cacheTags: ['dashboard'],
    beforeCreate: async (ctx, inputs, errorPath) => ownedByCaller(ctx, inputs, errorPath),
  },
};

/** A dashboard is of whoever makes it. */
export function ownedByCaller(ctx: Context, inputs: Values[], errorPath: ErrorPath): Values[] {
  if (!ctx.actor.user_id)
    throw invalidField(`${errorPath(0)}owner_id`, 'no_person', 'A dashboard belongs to a person; this key has none');
  return inputs.map((input) => ({ ...input, owner_id: ctx.actor.user_id }));
}
