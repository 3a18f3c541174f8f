import { recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import { onEveryRecord, onSomeRecord, requireRecords, requireRecordsLeft } from '../../../platform/subject.ts';
import { activity } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    activity: true;
  }
}

/** A call may have none: what it was about is known once somebody has answered. */
function subjectOf({ kind, subject }: Values, path: string): string {
  if (subject === undefined && kind !== 'call') throw invalidField(`${path}subject`, 'required', 'This is required');
  return (subject as string | undefined) ?? 'Call';
}

export const activityType: RecordType = {
  resource: activity,
  rule: owned('activity', 'activity', 'author_id', { on: onSomeRecord, onNew: onEveryRecord }),
  ownTriggers: true,
  right: {
    outside: ['read', 'create'],
    roles: {
      ...recordRights,
      operator: { read: 'all', create: 'all', update: 'all' },
      support: { read: 'all', create: 'all', update: 'own', delete: 'own' },
    },
  },
  rules: {
    beforeCreate: async (_ctx, inputs, errorPath) => {
      requireRecords(inputs, 'activity', errorPath);
      return inputs.map((input, index) => ({ ...input, subject: subjectOf(input, errorPath(index)) }));
    },
    beforeUpdate: async (_ctx, _id, input) => {
      requireRecordsLeft(input, 'activity');
      return input;
    },
  },
  texts: { title: 'subject', body: 'body' },
  webhooks: true,
};
