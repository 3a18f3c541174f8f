import { may, shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { createRows, type Values } from '../../../kernel/resource/store.ts';
import { calendar } from './contract.ts';

export { DavClient } from './account/dav.ts';
export { findAccount } from './account/queries.ts';
export { accountRoutes, requireSource } from './account/routes.ts';
export { openAccountPassword } from './account/secret.ts';
export { calendarJobs } from './sync/jobs.ts';
export { markObjectsGone, putListed } from './sync/queries.ts';

const mine = `((select app.is_system()) or owner_id = (select app.user_id()))`;

export const calendarType: RecordType = {
  resource: calendar,
  rule: shared('meeting_calendar', 'mailbox', {
    private: true,
    rows: {
      read: `${may('mailbox', 'read')} and (${mine} or sharing <> 'private')`,
      append: `${may('mailbox', 'create')} and ${mine}`,
      change: `${may('mailbox', 'update')} and ${mine}`,
      remove: `${may('mailbox', 'delete')} and ${mine}`,
    },
    changed: mine,
    note: 'Nobody, administrators included, sees or shares more of a calendar than its owner does.',
  }),
  rules: {
    create: (ctx, inputs, errorPath) =>
      createRows(
        ctx,
        calendar,
        inputs.map((input): Values => ({ ...input })),
        { owner_id: ctx.actor.user_id },
        errorPath,
      ),
  },
};
