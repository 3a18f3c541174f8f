import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import Fastify, {
  errorCodes,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { clientNetwork } from '../client-address.ts';
import { uuidV7 } from '../database/uuid.ts';
import { problems } from '../errors/problem.ts';
import { traceIdOf } from '../logs/trace.ts';
import { spanOf, traceRequests } from '../tracing/requests.ts';
import type { Tracing } from '../tracing/span.ts';
import type { UsageRecorder } from '../usage/recorder.ts';
import { runInScope } from '../usage/scope.ts';
import { type AllowedMethods, allowedMethods, pathOf, refusedAddress } from './allow.ts';
import { underPresentRights } from './current-rights.ts';
import type { Drain } from './drain.ts';
import { applyRateLimit, type HandlerOptions, handle, type RequestScope } from './handle.ts';
import { parseStrictJson } from './json.ts';
import { isMachineCheck } from './machine-checks.ts';
import { answerParserError, sendProblem } from './problem-reply.ts';
import type { Route } from './route.ts';
import { addSecurityHeaders, securityHeaders } from './security.ts';

const body_bytes_default = 1_048_576;
const url_bytes_max = 32_768;
const one_click_path = '/unsubscribe';

declare module 'fastify' {
  interface FastifyContextConfig {
    bodyValuesMax?: number | undefined;
  }
}

export interface ServerOptions extends HandlerOptions {
  log: Logger;
  routes: Route[];
  /** The addresses of proxies whose X-Forwarded-* headers are trusted. */
  trustProxy: boolean | string[];
  /** Counts responses by caller, and their duration. */
  usage: Pick<UsageRecorder, 'answered'>;
  drain?: Drain;
  /** Called before the server has any hook: what counts every request, refused ones too. */
  watch?: ((server: FastifyInstance, routes: readonly Route[]) => void) | undefined;
  tracing?: Tracing | undefined;
  /** Handles requests without a route: the files of the page. */
  fallback?: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const headers = securityHeaders({ https: options.publicOrigin?.startsWith('https:') ?? false });
  const app = createFastify(options, headers);
  options.drain?.follow(app);
  options.watch?.(app, options.routes);
  if (options.tracing) traceRequests(options.tracing, app, options.routes);
  await app.register(cookie);
  await app.register(multipart, { limits: { files: 1, fields: 20, fieldSize: 100_000, parts: 30 } });
  addBodyParsers(app);
  addSecurityHeaders(app, headers);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      throw problems.malformed('A request of HTTP/1.1 needs a Host header.');
    // Node keeps the first; a proxy before us may have gone by the other (RFC 9112, section 3.2).
    if (hasTwoHosts(request.raw.rawHeaders)) throw problems.malformed('A request has one Host header, not two.');
    if (request.url.startsWith('/api/')) {
      const ofAddress = { name: 'address', limit: options.limits.perAddress, windowSeconds: 60 };
      await applyRateLimit(options, reply, clientNetwork(request.ip), ofAddress);
    }
  });
  logResponses(app, options.routes);
  app.setErrorHandler((error, request, reply) => {
    const scope = scopesOf.get(request);
    // So that the line of an error says who met it, and where.
    return scope ? runInScope(scope, () => sendProblem(request, reply, error)) : sendProblem(request, reply, error);
  });
  const isPage = (path: string) => options.fallback !== undefined && !path.startsWith('/api/');
  const allowed = allowedMethods(options.routes, isPage);
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    if (options.fallback && isPage(path) && (request.method === 'GET' || request.method === 'HEAD'))
      return options.fallback(request, reply);
    const methods = allowed(path);
    if (request.method === 'OPTIONS' && methods.length > 0)
      return reply.code(204).header('allow', methods.join(', ')).send();
    return sendProblem(request, reply, refusedAddress(methods, request.method));
  });
  for (const definition of options.routes) addRoute(app, options, allowed, definition);
  return app;
}

function createFastify({ log, trustProxy }: ServerOptions, headers: Record<string, string>): FastifyInstance {
  return Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: body_bytes_default,
    // Long enough for a large upload over a slow line; headers must come at once.
    requestTimeout: 900_000,
    // Likewise for responses: a client that takes nothing for this long is gone.
    connectionTimeout: 900_000,
    keepAliveTimeout: 65_000,
    trustProxy,
    genReqId: () => uuidV7(),
    childLoggerFactory: (parent, bindings, childOptions, request) =>
      parent.child({ ...bindings, trace_id: traceIdOf(request) }, childOptions),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: false },
    forceCloseConnections: true,
    // A request without Host is refused by a hook, with a problem document.
    http: { maxHeaderSize: url_bytes_max, headersTimeout: 30_000, requireHostHeader: false },
    clientErrorHandler: (error, socket) =>
      answerParserError({ log, headers, headerBytesMax: url_bytes_max }, error, socket as Socket),
    // An address that the router cannot parse bypasses the hooks.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(request, reply.headers({ ...headers, 'x-request-id': request.id }), error),
  });
}

function addBodyParsers(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    body.length === 0 ? undefined : parseStrictJson(body, request.routeOptions.config.bodyValuesMax),
  );
  // What mail programs send to unsubscribe (RFC 8058): only the address matters, not the form.
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (request: FastifyRequest) => {
      if (request.routeOptions.url !== one_click_path)
        throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(request.headers['content-type']);
    },
  );
}

/** `rawHeaders` are names and values in turn. */
function hasTwoHosts(rawHeaders: readonly string[]): boolean {
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]!.length === 4 && rawHeaders[at]!.toLowerCase() === 'host') hosts++;
  return hosts > 1;
}

/** A line of the log for each response. */
function logResponses(app: FastifyInstance, routes: readonly Route[]): void {
  const loggedUrl = urlLogger(routes);
  app.addHook('onResponse', async (request, reply) => {
    const scope = scopesOf.get(request);
    const isRoutine = reply.statusCode < 400 && isMachineCheck(request.routeOptions.url);
    request.log[isRoutine ? 'debug' : 'info'](
      {
        tenant: scope?.tenant_id ?? null,
        user: scope?.user_id ?? null,
        route: scope?.operation,
        method: request.method,
        url: loggedUrl(request.url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    );
  });
}

/** Removes the query from a URL in logs, and the secret of an address that has one, whatever the method. */
function urlLogger(routes: readonly Route[]): (url: string) => string {
  const secret = routes.flatMap(({ secretAddress, path }) =>
    secretAddress ? { path, start: path.slice(0, path.indexOf('{')) } : [],
  );
  return (url) => secret.find(({ start }) => url.startsWith(start))?.path ?? url.split('?')[0]!;
}

const scopesOf = new WeakMap<FastifyRequest, RequestScope>();

function addRoute(app: FastifyInstance, options: ServerOptions, allowed: AllowedMethods, definition: Route): void {
  app.route({
    method: definition.method,
    url: definition.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: definition.bodyBytesMax ?? body_bytes_default,
    config: { bodyValuesMax: definition.bodyValuesMax },
    handler: (request, reply) => {
      const operation = `${definition.method} ${definition.path}`;
      const scope: RequestScope = {
        tenant_id: null,
        operation,
        interactive: true,
        actor: null,
        request_id: request.id,
        trace_id: traceIdOf(request.raw),
        span: spanOf(request.raw),
      };
      scopesOf.set(request, scope);
      const work = () => handle(options, allowed, definition, scope, request, reply);
      // Of other routes nobody knows here what was done already.
      return runInScope(scope, () => (definition.transaction === false ? work() : underPresentRights(work)));
    },
    onResponse: async (request, reply) => {
      const actor = scopesOf.get(request)?.actor;
      // A stream lasts as long as its page is open.
      if (!actor || reply.getHeader('content-type') === 'text/event-stream') return;
      const { method, path, tag } = definition;
      options.usage.answered({ actor, feature: tag, method, path, status: reply.statusCode, ms: reply.elapsedTime });
    },
  });
}
