import { may, shared } from '../../kernel/access/table-rule.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { createRows, type Values } from '../../kernel/resource/store.ts';

const mine = `((select app.is_system()) or owner_id = (select app.user_id()))`;

/** Mailboxes and calendars: whoever makes one owns it, and decides what others see of it. */
export const ownedBy = (resource: Resource): Pick<RecordType, 'resource' | 'rule' | 'rules'> => ({
  resource,
  rule: shared(resource.name, 'mailbox', {
    private: true,
    rows: {
      read: `${may('mailbox', 'read')} and (${mine} or sharing <> 'private')`,
      append: `${may('mailbox', 'create')} and ${mine}`,
      change: `${may('mailbox', 'update')} and ${mine}`,
      remove: `${may('mailbox', 'delete')} and ${mine}`,
    },
    changed: mine,
    note: `Nobody, administrators included, sees or shares more of a ${resource.title} than its owner does.`,
  }),
  rules: {
    create: (ctx, inputs, errorPath) =>
      createRows(
        ctx,
        resource,
        inputs.map((input): Values => ({ ...input })),
        { owner_id: ctx.actor.user_id },
        errorPath,
      ),
  },
});
