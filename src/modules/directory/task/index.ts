import { crudRoutes } from '../../../kernel/http/crud.ts';
import { rootPath } from '../../../kernel/resource/store.ts';
import { task } from './contract.ts';
import { occurrenceRoutes } from './occurrences.ts';
import { orderRoutes } from './order.ts';
import { checkReminder, withReminder } from './reminder.ts';
import { changedTask, checkRecurrence, newTask } from './service.ts';

export { seriesAfter } from './next.ts';

export const routes = [
  ...orderRoutes,
  ...occurrenceRoutes,
  ...crudRoutes(task, {
    beforeCreate: async (_ctx, inputs, place) => {
      checkRecurrence(inputs, place);
      checkReminder(inputs, place);
      return inputs.map((input) => newTask(withReminder(input)));
    },
    beforeUpdate: async (ctx, id, input) => {
      checkRecurrence([input], rootPath);
      checkReminder([input], rootPath);
      return changedTask(ctx, id, withReminder(input));
    },
  }),
];
