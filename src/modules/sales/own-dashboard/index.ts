import { invalidField } from '../../../kernel/errors/problem.ts';
import { crudRoutes } from '../../../kernel/http/crud.ts';
import { ownDashboard } from './contract.ts';

/** Dashboards are of their makers. */
export const routes = crudRoutes(ownDashboard, {
  cacheTags: ['dashboard'],
  beforeCreate: async (ctx, inputs, place) => {
    if (!ctx.actor.user_id)
      throw invalidField(`${place(0)}owner_id`, 'no_person', 'A dashboard belongs to a person; this key has none');
    return inputs.map((input) => ({ ...input, owner_id: ctx.actor.user_id }));
  },
});
