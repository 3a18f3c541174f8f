import { outsideActions, rightNames } from '../../access/rights.ts';
import { kinds } from '../../access/scope.ts';
import { kindsOf, showsByDegree } from '../../access/table-rule.ts';
import { rightsOf } from '../../features/registry.ts';
import { crudRoutes } from '../../http/crud.ts';
import { route } from '../../http/route.ts';
import type { Actor } from '../../tenancy/context.ts';
import { rightList, role } from './contract.ts';
import { roleRules } from './service.ts';

/** Roles keep what they say of products that are switched off, and nobody is asked about it. */
const isOffered = ({ features_off = [] }: Actor) => {
  const off = new Set(rightsOf(features_off));
  return (name: string) => !off.has(name);
};

export const roleRoutes = [
  ...crudRoutes(role, roleRules),
  route({
    method: 'GET',
    path: '/api/v1/rights',
    tag: 'Roles',
    summary: 'What roles can say of each right',
    access: { resource: 'role', action: 'read' },
    response: rightList,
    handler: async ({ actor }) => ({
      body: {
        data: rightNames()
          .filter(isOffered(actor))
          .map((name) => {
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
