import { crudRoutes } from '../../../kernel/http/crud.ts';
import { requireSubject } from '../subject.ts';
import { activity } from './contract.ts';

export const routes = crudRoutes(activity, {
  gathers: true,
  beforeCreate: async (_ctx, inputs, place) => {
    requireSubject(inputs, 'activity', place);
    return inputs;
  },
});
