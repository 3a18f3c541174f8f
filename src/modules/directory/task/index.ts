import { recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import { withoutDerived } from '../../../kernel/contract/resource.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { rootPath } from '../../../kernel/resource/store.ts';
import { onEveryRecord, onSomeRecord } from '../../../platform/subject.ts';
import { task } from './contract.ts';
import { occurrenceRoutes } from './occurrences.ts';
import { orderRoutes } from './order.ts';
import { checkReminder, withReminder } from './reminder.ts';
import { changedTask, checkRecurrence } from './service.ts';

export { taskJobs, taskSchedules } from './due.ts';
export { seriesAfter } from './next.ts';
export { createNext } from './service.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    task: true;
  }
}

export const taskType: RecordType = {
  resource: task,
  rule: owned('task', 'task', 'assignee_id', { on: onSomeRecord, onNew: onEveryRecord }),
  ownTriggers: true,
  right: {
    outside: ['read', 'create', 'update'],
    roles: {
      ...recordRights,
      operator: { read: 'all', create: 'all', update: 'all' },
      support: { read: 'all', create: 'all', update: 'own', delete: 'own' },
      contractor: { read: 'own', update: 'own' },
    },
  },
  routes: [...orderRoutes, ...occurrenceRoutes],
  rules: {
    beforeCreate: async (_ctx, inputs, errorPath) => {
      checkRecurrence(inputs, errorPath);
      checkReminder(inputs, errorPath);
      return inputs.map((input) => withoutDerived(task, withReminder(input)));
    },
    beforeUpdate: async (ctx, id, input) => {
      checkRecurrence([input], rootPath);
      checkReminder([input], rootPath);
      return changedTask(ctx, id, withoutDerived(task, withReminder(input)));
    },
  },
  texts: { title: 'title', body: 'body' },
  webhooks: true,
};
