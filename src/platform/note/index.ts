import { recordRights } from '../../kernel/access/rights.ts';
import { owned } from '../../kernel/access/table-rule.ts';
import type { CrudRules } from '../../kernel/http/crud.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { getRow, type Values } from '../../kernel/resource/store.ts';
import { withText } from '../mention/index.ts';
import { onEveryRecord, onSomeRecord, recordsIn, requireRecords, requireRecordsLeft } from '../subject.ts';
import { note } from './contract.ts';

declare module '../../kernel/access/rights.ts' {
  interface RightNames {
    note: true;
  }
}

const rules: CrudRules = {
  beforeCreate: async (ctx, inputs, errorPath) => {
    requireRecords(inputs, 'note', errorPath);
    const { user_id: author_id } = ctx.actor;
    const prepared: Values[] = [];
    for (const [index, input] of inputs.entries())
      prepared.push(
        await withText(ctx, input, { attached: 'note', records: recordsIn(input), author_id, path: errorPath(index) }),
      );
    return prepared;
  },
  beforeUpdate: async (ctx, id, input) => {
    requireRecordsLeft(input, 'note');
    if (input.body === undefined) return input;
    const row = await getRow(ctx, note, id);
    return withText(ctx, input, {
      attached: 'note',
      records: recordsIn({ ...row, ...input }),
      author_id: row.author_id as string | null,
      mentioned: row.mentions as string[],
      path: '',
    });
  },
};

export const noteType: RecordType = {
  resource: note,
  rule: owned('note', 'note', 'author_id', { on: onSomeRecord, onNew: onEveryRecord }),
  ownTriggers: true,
  right: {
    outside: ['read', 'create'],
    roles: {
      ...recordRights,
      operator: { read: 'all', create: 'all', update: 'all' },
      support: { read: 'all', create: 'all', update: 'own', delete: 'own' },
    },
  },
  rules,
  texts: { body: 'body' },
  webhooks: true,
};
