import { problems } from '../../../kernel/errors/problem.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { isNamedByIfNoneMatch } from '../../../kernel/http/etag.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { confirmMaker, noticePerson, personRights, publicOrigin, sessionUser } from '../../../kernel/identity/index.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import { hashToken, randomToken } from '../../../kernel/vault/tokens.ts';
import { calendarFeed, feedParams, feedQuery, openedCalendarFeed } from './contract.ts';
import { deleteFeed, findFeed, findOwner, insertFeed, noteReading } from './queries.ts';
import { writeFeed } from './service.ts';

const path = '/api/v1/calendar-feed';
const tag = 'Calendar feed';

async function viewFeed(ctx: Context) {
  const feed = await findFeed(ctx);
  return { open: feed !== undefined, created_at: feed?.created_at ?? null, last_read_at: feed?.last_read_at ?? null };
}

/** One's own tasks and meetings for other calendars. The address is the secret; only its hash is kept. */
export const calendarFeedRoutes = (services: Services): Route[] => [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'Whether one’s calendar can be read by a secret address',
    access: 'signed_in',
    response: calendarFeed,
    handler: async (ctx) => {
      sessionUser(ctx.actor);
      return { body: await viewFeed(ctx) };
    },
  }),
  route({
    method: 'POST',
    path,
    tag,
    summary: 'Make a secret address for one’s calendar; the one before, if any, opens nothing any more',
    access: 'signed_in',
    transaction: false,
    response: openedCalendarFeed,
    handler: async (bare, { request }) => {
      const { user_id } = sessionUser(bare.actor);
      const token = randomToken();
      const feed = await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, services.cache);
        await deleteFeed(ctx);
        await insertFeed(ctx, hashToken(token));
        await noticePerson(ctx, user_id, 'calendar_opened');
        return viewFeed(ctx);
      });
      const address = `${publicOrigin(services).origin}/api/v1/calendars/${token}.ics`;
      return { body: { ...feed, address }, headers: { location: path } };
    },
  }),
  route({
    method: 'DELETE',
    path,
    tag,
    summary: 'Close the secret address of one’s calendar',
    access: 'signed_in',
    handler: async (ctx) => {
      sessionUser(ctx.actor);
      if (!(await deleteFeed(ctx))) throw problems.notFound('calendar address');
      return {};
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/calendars/{file}',
    secretAddress: true,
    tag,
    summary: 'Tasks and meetings of the person whose secret address this is, as iCalendar',
    access: 'public',
    transaction: false,
    params: feedParams,
    query: feedQuery,
    produces: 'text/calendar',
    otherStatuses: { 304: 'Not modified' },
    rateLimit: { name: 'calendar', limit: 120, windowSeconds: 60 },
    handler: async ({ db }, { params, query, request, reply }) => {
      const owner = await findOwner(db, hashToken(params.file.replace(/\.ics$/, '')));
      if (!owner) throw problems.notFound('calendar');
      const actor: Actor = {
        kind: 'user',
        tenant_id: owner.tenant_id,
        user_id: owner.user_id,
        credential_id: null,
        rights: personRights(owner.kind, owner.rights),
      };
      const feed = await withContext(
        db,
        actor,
        async (ctx) => {
          const written = await writeFeed(ctx, query.tasks, publicOrigin(services).hostname);
          const noted = await noteReading(ctx, written.etag);
          if (!noted) throw problems.notFound('calendar');
          return { ...written, ...noted };
        },
        { ip: request.ip, request_id: request.id },
      );
      const modified = new Date(feed.modified_at);
      reply.headers({
        etag: feed.etag,
        'last-modified': modified.toUTCString(),
        'cache-control': 'private, no-cache',
      });
      if (isKnown(request.headers, feed.etag, modified)) return reply.code(304).send();
      return reply.type('text/calendar; charset=utf-8').send(feed.body);
    },
  }),
];

/** RFC 9110, section 13.2.2: the tag decides where it is sent, the time only without it. */
function isKnown(
  { 'if-none-match': tags, 'if-modified-since': since }: Record<string, string | string[] | undefined>,
  etag: string,
  modified: Date,
): boolean {
  if (typeof tags === 'string') return isNamedByIfNoneMatch(tags, etag);
  return typeof since === 'string' && modified.getTime() <= Date.parse(since);
}
