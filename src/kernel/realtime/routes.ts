import type { OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { problems } from '../errors/problem.ts';
import { FairLane } from '../fairness/fair-lane.ts';
import { type Route, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { eventIdPattern } from './batch.ts';
import { ChangeStream } from './stream.ts';

const streams_per_process_max = 5_000;
const streams_per_tenant_max = 2_500;
/** The limit for all pages and programs of a person; a browser opens far fewer. */
const streams_per_caller_max = 50;

const eventsQuery = z.strictObject({
  after: z
    .string()
    .max(100)
    .regex(eventIdPattern)
    .optional()
    .describe('The id of an event; as Last-Event-ID, which comes before it'),
  reading_ms: z.coerce.number().int().min(0).optional().describe('Begin with what has changed in so many milliseconds'),
});

export function realtimeRoutes({ db, hub, authenticator, drain }: Services): Route[] {
  const open = new FairLane({
    slots: streams_per_process_max,
    perTenant: streams_per_tenant_max,
    perCaller: streams_per_caller_max,
    code: 'too_many_streams',
    message: 'Too many of your pages are open. Close some of them.',
  });
  return [
    route({
      method: 'GET',
      path: '/api/v1/events',
      tag: 'Live',
      summary: 'Committed changes as server-sent events; resumes after Last-Event-ID',
      access: 'signed_in',
      transaction: false,
      query: eventsQuery,
      produces: 'text/event-stream',
      handler: async ({ actor }, { request, reply, query }) => {
        if (!actor) throw problems.notSignedIn();
        if (request.method === 'HEAD') return reply.type('text/event-stream').send();
        // The client may have gone while its credential was looked up. Its 'close' is over then, and nothing would ever
        // release the slot.
        if (reply.raw.destroyed) return reply.hijack();
        const caller = actor.user_id ?? actor.credential_id ?? '';
        const closed = await open.acquire({ tenant: actor.tenant_id, caller }, 0);
        reply.raw.on('close', closed);
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
        reply.raw.on(
          'close',
          drain.addStream((reconnectMs) => stream.close(reconnectMs)),
        );
        await stream.open().catch((error) => {
          request.log.warn({ err: error }, 'a stream could not be opened');
          stream.close();
        });
        return reply;
      },
    }),
  ];
}
