import { recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { onEveryRecord, onSomeRecord, requireRecords, requireRecordsLeft } from '../../../platform/subject.ts';
import { activity } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    activity: true;
  }
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
      return inputs;
    },
    beforeUpdate: async (_ctx, _id, input) => {
      requireRecordsLeft(input, 'activity');
      return input;
    },
  },
  texts: { title: 'subject', body: 'body' },
  webhooks: true,
};
