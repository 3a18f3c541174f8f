import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { problems } from '../errors/problem.ts';
import { type Route, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { ChangeStream } from './stream.ts';

const streams_per_process_max = 5_000;
/** Nobody takes them all from the others. */
const streams_per_caller_max = 1_200;

const eventsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,20}-\d{1,19}-\d{1,15}$/)
    .optional()
    .describe('The id of an event; as Last-Event-ID, which comes before it'),
  reading_ms: z.coerce.number().int().min(0).optional().describe('Begin with what has changed in so many milliseconds'),
});

export function realtimeRoutes({ db, hub, authenticator }: Services): Route[] {
  let open = 0;
  const openOf = new Map<string, number>();
  return [
    route({
      method: 'GET',
      path: '/api/v1/events',
      tag: 'Live',
      summary: 'Committed changes as server-sent events; resumes after Last-Event-ID',
      access: 'signed_in',
      transaction: false,
      query: eventsQuery,
      handler: async ({ actor }, { request, reply, query }) => {
        if (!actor) throw problems.notSignedIn();
        if (request.method === 'HEAD') return reply.type('text/event-stream').send();
        if (open >= streams_per_process_max)
          throw problems.unavailable('Too many pages are open on this server. It is tried again by itself.');
        const caller = `${actor.tenant_id} ${actor.user_id ?? actor.credential_id}`;
        const own = openOf.get(caller) ?? 0;
        if (own >= streams_per_caller_max)
          throw problems.unavailable('Too many of your pages are open. Close some of them.');
        open++;
        openOf.set(caller, own + 1);
        reply.raw.on('close', () => {
          open--;
          const left = openOf.get(caller)! - 1;
          if (left > 0) openOf.set(caller, left);
          else openOf.delete(caller);
        });
        reply.hijack();
        const header = request.headers['last-event-id'];
        const stream = new ChangeStream({
          db,
          hub,
          actor,
          response: reply.raw,
          headers: reply.getHeaders() as OutgoingHttpHeaders,
          reauthenticate: () => authenticator.authenticateNow(request),
          lastEventId: (typeof header === 'string' && header) || query.after,
          readingMs: query.reading_ms,
        });
        await stream.open().catch((error) => {
          request.log.warn({ err: error }, 'a stream could not be opened');
          stream.close();
        });
        return reply;
      },
    }),
  ];
}
