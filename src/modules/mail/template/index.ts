import { may, shared } from '../../../kernel/access/table-rule.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { template } from './contract.ts';

export { templateRoutes } from './routes.ts';
export { variablesIn } from './variables.ts';

const mine = `((select app.is_system()) or owner_id = (select app.user_id()))`;
/** A shared one whose owner is gone is everybody's to look after. */
const cared = `(${mine} or shared and owner_id is null)`;

export const templateType: RecordType = {
  resource: template,
  rule: shared('mail_template', 'mailbox', {
    private: true,
    rows: {
      read: `${may('mailbox', 'read')} and (${mine} or shared)`,
      append: `${may('mailbox', 'create')} and ${mine}`,
      change: `${may('mailbox', 'update')} and ${cared}`,
      remove: `${may('mailbox', 'delete')} and ${cared}`,
    },
    changed: cared,
    note: 'One’s own and shared ones; only its owner changes or shares a template.',
  }),
  rules: {
    beforeCreate: async (ctx, inputs, errorPath) => {
      if (!ctx.actor.user_id)
        throw invalidField(`${errorPath(0)}owner_id`, 'no_person', 'A template belongs to a person; this key has none');
      return inputs.map((input) => ({ ...input, owner_id: ctx.actor.user_id }));
    },
  },
};
