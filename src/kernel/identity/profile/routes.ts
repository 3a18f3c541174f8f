import { problems } from '../../errors/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { sessionUser } from '../person.ts';
import { refuseUnknownZone } from '../time-zone.ts';
import { profile, profileUpdate } from './contract.ts';
import { changeProfile, readProfile } from './queries.ts';

const path = '/api/v1/profile';
const tag = 'Profile';

export const profileRoutes: Route[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'Read what one may change about oneself',
    access: 'signed_in',
    response: profile,
    handler: async (ctx) => {
      const body = await readProfile(ctx, sessionUser(ctx.actor).user_id);
      return { body, version: body.version };
    },
  }),
  route({
    method: 'PATCH',
    path,
    tag,
    summary: 'Change name, language or time zone of oneself',
    access: 'signed_in',
    heedsIfMatch: true,
    body: profileUpdate,
    response: profile,
    handler: async (ctx, { body, ifMatch }) => {
      const { user_id } = sessionUser(ctx.actor);
      await refuseUnknownZone(ctx, body.time_zone);
      const changed = await changeProfile(ctx, user_id, body, ifMatch);
      const row = await readProfile(ctx, user_id);
      if (!changed) throw problems.stale(row);
      return { body: row, version: row.version };
    },
  }),
];
