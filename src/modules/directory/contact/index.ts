import { type Grant, recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import { isNamed } from '../../../kernel/contract/person-name.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { keepMainPositions } from '../contact-position/index.ts';
import { contact } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    contact: true;
  }
}

/** The database holds the same rule for whoever writes, changes included; this says it of each of many new contacts. */
async function requireNames(_: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap((input, index) =>
    isNamed(input)
      ? []
      : {
          field: `${errorPath(index)}given_name`,
          code: 'required',
          message: 'A contact needs a name, an e-mail address or a phone number',
        },
  );
  if (errors.length > 0) throw problems.invalid(errors);
  return inputs;
}

/** Their own, and those whom products let them reach as advisers. */
const advised = {
  read: 'household+own',
  create: 'own',
  update: 'household+own',
  delete: 'own',
} as const satisfies Grant;

export const contactType: RecordType = {
  resource: contact,
  rule: owned('contact', 'contact', 'owner_id', { carries: true }),
  ownTriggers: true,
  right: {
    outside: ['read', 'create', 'update'],
    roles: {
      ...recordRights,
      advisor: advised,
      assistant: advised,
      operator: { read: 'all', create: 'all', update: 'all' },
      support: { read: 'all', update: 'all' },
      kiosk: { read: 'own', create: 'own' },
    },
  },
  rules: { beforeCreate: requireNames },
  whenMerged: keepMainPositions,
  search: { keys: ['email_key', 'external_id'], detail: 'email', telephones: true },
  webhooks: true,
};
