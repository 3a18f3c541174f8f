import { outsideActions, rightNames } from '../../access/rights.ts';
import { kinds } from '../../access/scope.ts';
import { kindsOf, showsByDegree } from '../../access/table-rule.ts';
import { crudRoutes } from '../../http/crud.ts';
import { route } from '../../http/route.ts';
import { rightList, role } from './contract.ts';
import { roleRules } from './service.ts';

export const roleRoutes = [
  ...crudRoutes(role, roleRules),
  route({
    method: 'GET',
    path: '/api/v1/rights',
    tag: 'Roles',
    summary: 'What roles can say of each right',
    access: { resource: 'role', action: 'read' },
    response: rightList,
    handler: async () => ({
      body: {
        data: rightNames().map((name) => {
          const known = kindsOf(name);
          return {
            name,
            kinds: kinds.filter((kind) => known.has(kind)),
            by_degree: showsByDegree(name),
            outside: [...outsideActions(name)],
          };
        }),
      },
    }),
  }),
];
