import { problems } from '../../errors/problem.ts';
import { crudRoutes } from '../../http/crud.ts';
import { type Route, route } from '../../http/route.ts';
import { getRow } from '../../resource/store.ts';
import { memberParams, team } from './contract.ts';
import { deleteMember } from './queries.ts';
import { addMember } from './service.ts';

const member = {
  path: '/api/v1/teams/{id}/members/{user_id}',
  tag: 'Teams',
  access: { resource: 'team', action: 'update' },
  params: memberParams,
  response: team.row,
} as const;

export const teamRoutes: Route[] = [
  ...crudRoutes(team),
  route({
    ...member,
    method: 'PUT',
    summary: 'Add a member to a team',
    handler: async (ctx, { params }) => {
      await getRow(ctx, team, params.id);
      await addMember(ctx, params.id, params.user_id);
      return { body: await getRow(ctx, team, params.id) };
    },
  }),
  route({
    ...member,
    method: 'DELETE',
    summary: 'Take a member out of a team',
    handler: async (ctx, { params }) => {
      if (!(await deleteMember(ctx, params.id, params.user_id))) throw problems.notFound('member of this team');
      return { body: await getRow(ctx, team, params.id) };
    },
  }),
];
