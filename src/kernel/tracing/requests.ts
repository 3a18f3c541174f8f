import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isMachineCheck } from '../http/machine-checks.ts';
import type { Route } from '../http/route.ts';
import { traceIdOf } from '../logs/trace.ts';
import type { ActiveSpan, Tracing } from './span.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const spans = new WeakMap<IncomingMessage, ActiveSpan>();

/** The span of a request, while traces are on. */
export const spanOf = (request: IncomingMessage): ActiveSpan | undefined => spans.get(request);

/**
 * A span for each request, by its route and never by its address. Streams of events, open as long as their page, have
 * none.
 */
export function traceRequests(tracing: Tracing, server: FastifyInstance, routes: readonly Route[]): void {
  const streams = new Set(routes.filter(({ produces }) => produces === 'text/event-stream').map(({ path }) => path));
  server.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    const route = routeOf(request);
    if (route !== undefined && (isMachineCheck(route) || streams.has(route))) return done();
    const method = methods.has(request.method) ? request.method : '_OTHER';
    const span = tracing.start(route === undefined ? method : `${method} ${route}`, {
      kind: 'server',
      traceId: traceIdOf(raw),
      traceparent: headerOf(raw),
      attributes: {
        'http.request.method': method,
        ...(route !== undefined && { 'http.route': route }),
        'url.scheme': request.protocol,
        'holdfast.request_id': request.id,
      },
    });
    spans.set(raw, span);
    // With the files of the page more than ten listen to the end, and all of them are gone with it.
    reply.raw.setMaxListeners(20);
    // Fastify's own hook for responses does not run when the client goes away.
    reply.raw.once('close', () => {
      const { statusCode, writableFinished } = reply.raw;
      span.set({ 'http.response.status_code': statusCode });
      if (!writableFinished) span.end('aborted');
      else span.end(statusCode >= 500 ? String(statusCode) : undefined);
    });
    done();
  });
}

/** As the API documents write it: `/api/v1/contacts/{id}`. */
const routeOf = ({ routeOptions: { url } }: FastifyRequest): string | undefined => url?.replace(/:(\w+)/g, '{$1}');

const headerOf = ({ headers: { traceparent } }: IncomingMessage): string | undefined =>
  typeof traceparent === 'string' ? traceparent : undefined;
