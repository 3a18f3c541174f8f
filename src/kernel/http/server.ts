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
import { scopeOf } from '../access/rights.ts';
import { clientNetwork } from '../client-address.ts';
import type { Database } from '../database/database.ts';
import { uuidV7 } from '../database/uuid.ts';
import { fieldErrors, with_input } from '../errors/field-errors.ts';
import { problems } from '../errors/problem.ts';
import type { Feature } from '../features/contract.ts';
import { refuseWithoutFeature } from '../features/service.ts';
import { traceIdOf } from '../logs/trace.ts';
import { type Actor, withContext } from '../tenancy/context.ts';
import { isOperator } from '../tenancy/operator.ts';
import { spanOf, traceRequests } from '../tracing/requests.ts';
import type { Tracing } from '../tracing/span.ts';
import type { UsageRecorder } from '../usage/recorder.ts';
import { runInScope, type UsageScope } from '../usage/scope.ts';
import { type AllowedMethods, allowedMethods, refusedAddress } from './allow.ts';
import type { Drain } from './drain.ts';
import { changeOnce, type RenderedResponse } from './idempotency.ts';
import { checkText, parseStrictJson } from './json.ts';
import { isMachineCheck } from './machine-checks.ts';
import { answerParserError, sendProblem } from './problem-reply.ts';
import type { ResponseCache } from './response-cache.ts';
import { type Answer, goodStatus, type Input, type Route, takesActingUserInAddress, workOf } from './route.ts';
import { addSecurityHeaders, refuseCrossSite, securityHeaders, session_cookie } from './security.ts';

const body_bytes_default = 1_048_576;
const url_bytes_max = 32_768;
const one_click_path = '/unsubscribe';

/** Counts one event against a rate limit; returns how long to wait when it is exceeded. */
export type TakeFromLimit = (
  key: string,
  limit: number,
  windowSeconds: number,
) => Promise<{ allowed: boolean; remaining: number; retryAfterSeconds: number }>;

/** Who sends a request: by its session cookie or API key; null for nobody. */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | null>;

export interface ServerOptions {
  db: Database;
  log: Logger;
  routes: Route[];
  authenticate: Authenticate;
  takeFromLimit: TakeFromLimit;
  /** Requests a minute, per address and per caller. */
  limits: { perAddress: number; perCaller: number };
  /** `https://crm.example.com`; without it the request's own host counts. */
  publicOrigin?: string;
  /** The addresses of proxies whose X-Forwarded-* headers are trusted. */
  trustProxy: boolean | string[];
  /** Switched off for every workspace. */
  featuresOff: readonly Feature[];
  /** Counts responses by caller, and their duration. */
  usage: Pick<UsageRecorder, 'answered'>;
  responseCache: ResponseCache;
  /** Called after the commit of a change of rights in a workspace. */
  rightsChanged: (tenant_id: string) => void;
  /** Whether a response that breaks its contract is an error; on in tests. */
  checkAnswers: boolean;
  drain?: Drain;
  /** Called before the server has any hook: what counts every request, refused ones too. */
  watch?: ((server: FastifyInstance, routes: readonly Route[]) => void) | undefined;
  tracing?: Tracing | undefined;
  /** Handles requests without a route: the files of the page. */
  fallback?: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const headers = securityHeaders({ https: options.publicOrigin?.startsWith('https:') ?? false });
  const app = Fastify({
    loggerInstance: options.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: body_bytes_default,
    // Long enough for a large upload over a slow line; headers must come at once.
    requestTimeout: 900_000,
    // Likewise for responses: a client that takes nothing for this long is gone.
    connectionTimeout: 900_000,
    keepAliveTimeout: 65_000,
    trustProxy: options.trustProxy,
    genReqId: () => uuidV7(),
    childLoggerFactory: (log, bindings, options, request) =>
      log.child({ ...bindings, trace_id: traceIdOf(request) }, options),
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: false },
    forceCloseConnections: true,
    // A request without Host is refused below, with a problem document.
    http: { maxHeaderSize: url_bytes_max, headersTimeout: 30_000, requireHostHeader: false },
    clientErrorHandler: (error, socket) =>
      answerParserError({ log: options.log, headers, headerBytesMax: url_bytes_max }, error, socket as Socket),
    // An address that the router cannot parse bypasses the hooks.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(request, reply.headers({ ...headers, 'x-request-id': request.id }), error),
  });
  options.drain?.follow(app);
  options.watch?.(app, options.routes);
  if (options.tracing) traceRequests(options.tracing, app, options.routes);
  await app.register(cookie);
  await app.register(multipart, { limits: { files: 1, fields: 20, fieldSize: 100_000, parts: 30 } });
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) =>
    body.length === 0 ? undefined : parseStrictJson(body),
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
  const loggedUrl = urlLogger(options.routes);
  addSecurityHeaders(app, headers);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      throw problems.malformed('A request of HTTP/1.1 needs a Host header.');
    if (request.url.startsWith('/api/')) {
      const ofAddress = { name: 'address', limit: options.limits.perAddress, windowSeconds: 60 };
      await limit(options, reply, clientNetwork(request.ip), ofAddress);
    }
  });
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
  for (const definition of options.routes) {
    app.route({
      method: definition.method,
      url: definition.path.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: definition.bodyBytesMax ?? body_bytes_default,
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
        return runInScope(scope, () => handle(options, allowed, definition, scope, request, reply));
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
  return app;
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0]!;

/** Removes the query from a URL in logs, and the secret of an address that has one, whatever the method. */
function urlLogger(routes: readonly Route[]): (url: string) => string {
  const secret = routes.flatMap(({ secretAddress, path }) =>
    secretAddress ? { path, start: path.slice(0, path.indexOf('{')) } : [],
  );
  return (url) => secret.find(({ start }) => url.startsWith(start))?.path ?? url.split('?')[0]!;
}

interface RequestScope extends UsageScope {
  actor: Actor | null;
}

const scopesOf = new WeakMap<FastifyRequest, RequestScope>();

async function handle(
  options: ServerOptions,
  allowed: AllowedMethods,
  definition: Route,
  scope: RequestScope,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const actor = await options.authenticate(request);
  scope.actor = actor;
  scope.tenant_id = actor?.tenant_id ?? null;
  scope.user_id = actor?.user_id ?? null;
  if (scope.span && actor) scope.span.set({ 'holdfast.workspace_id': actor.tenant_id });
  if (request.cookies[session_cookie] !== undefined || definition.access === 'public')
    refuseCrossSiteUnlessKey(options, request);
  if (actor) {
    const ofCaller = { name: 'caller', limit: options.limits.perCaller, windowSeconds: 60 };
    await limit(options, reply, String(actor.credential_id), ofCaller);
  }
  if (definition.rateLimit)
    await limit(options, reply, actor?.user_id ?? clientNetwork(request.ip), definition.rateLimit);
  authorize(definition, actor, request);
  if (actor && definition.access === 'operator') {
    if (!(await isOperator(options.db, actor))) throw problems.forbidden();
    // It concerns the installation. The workspace in which an operator has an account reads its own lines.
    scope.tenant_id = null;
  }
  const { feature } = definition;
  if (feature && actor)
    await withContext(options.db, actor, (ctx) => refuseWithoutFeature(ctx, feature, options.featuresOff), {
      mode: 'read',
    });
  const input = readInput(definition, allowed, request, reply);
  if (definition.transaction === false) {
    const answer: unknown = await definition.handler({ db: options.db, actor }, input);
    if (actor && definition.method !== 'GET') await changed(options, definition, actor);
    // A reply is a promise of its own end: awaited, as here, it comes to nothing.
    return answer === undefined ? reply : sendText(reply, rendered(options, definition, answer as Answer));
  }
  if (!actor) throw problems.notSignedIn();
  const { cacheTags } = definition;
  const work = await workOf(definition, { db: options.db, actor }, input);
  if (definition.method === 'GET') {
    const openEnded = isOpenEnded(input.query);
    const origin = { ip: request.ip, request_id: request.id, mode: 'read', openEnded } as const;
    const read = async () => rendered(options, definition, await withContext(options.db, actor, work, origin));
    const answer = cacheTags ? await options.responseCache.answer(cacheTags, actor, request.url, read) : await read();
    return sendText(reply, answer);
  }
  const answer = await changeOnce(options.db, actor, request, async (ctx) => {
    const { headers, ...rest } = await work(ctx);
    // The Change-Id lets a client undo what the request did. A replayed response names the original request.
    return rendered(options, definition, { ...rest, headers: { ...headers, 'change-id': request.id } });
  });
  await changed(options, definition, actor);
  return sendText(reply, answer);
}

const open_ended_parameters = ['filter', 'sums', 'group', 'q'];

/** Whether the caller chooses what is computed, so that it may be expensive. */
const isOpenEnded = (query: unknown): boolean =>
  typeof query === 'object' &&
  query !== null &&
  (open_ended_parameters.some((name) => (query as Record<string, unknown>)[name] !== undefined) ||
    (query as { count?: unknown }).count === 'exact');

/** Resources that decide the rights of people. After a change of these, no response uses rights that were cached before. */
const rights_resources: ReadonlySet<string> = new Set(['role', 'user', 'custom_field', 'api_key', 'tenant']);

/** Called after the commit and before the response. */
async function changed(
  { responseCache, rightsChanged }: ServerOptions,
  definition: Route,
  actor: Actor,
): Promise<void> {
  const { access } = definition;
  if (typeof access === 'object' && rights_resources.has(access.resource)) rightsChanged(actor.tenant_id);
  await responseCache.changed(definition, actor);
}

function rendered(options: ServerOptions, definition: Route, answer: Answer): RenderedResponse {
  if (options.checkAnswers && definition.response) {
    const checked = definition.response.safeParse(answer.body);
    if (!checked.success)
      throw new Error(`${definition.method} ${definition.path} broke its contract: ${checked.error.message}`);
  }
  const headers = { ...answer.headers };
  if (answer.version !== undefined) headers.etag = `"${answer.version}"`;
  return {
    status: answer.status ?? goodStatus(definition),
    headers,
    body: answer.body === undefined ? '' : JSON.stringify(answer.body),
  };
}

function sendText(reply: FastifyReply, { status, headers, body }: RenderedResponse): unknown {
  reply.code(status).headers(headers);
  // As bytes: for a text, Node would count its bytes first, and join head and body before encoding.
  return body === '' ? reply.send() : reply.type('application/json; charset=utf-8').send(Buffer.from(body));
}

function refuseCrossSiteUnlessKey(options: ServerOptions, request: FastifyRequest): void {
  const fromBrowser =
    request.headers['sec-fetch-site'] !== undefined ||
    request.headers.origin !== undefined ||
    request.cookies[session_cookie] !== undefined;
  if (fromBrowser && !request.headers.authorization) refuseCrossSite(request, options.publicOrigin);
}

function authorize(definition: Route, actor: Actor | null, request: FastifyRequest): void {
  if (definition.access === 'public') return;
  if (!actor) throw problems.notSignedIn();
  // A page that was opened before somebody else signed in to the browser continues to act as its own user.
  const acting = actingUser(definition, request);
  if (acting !== undefined && acting !== actor.user_id) throw problems.somebodyElse();
  if (actor.second_factor_missing && !definition.duringSetup) throw problems.secondFactorMissing();
  if (definition.access === 'signed_in' || definition.access === 'operator') return;
  const { resource, action } = definition.access;
  // People who see only that records exist may list them; the rule decides what they see of each.
  if (scopeOf(actor.rights, resource, action === 'read' ? 'exists' : action) === 'none') throw problems.forbidden();
}

/** The user in whose name the page acts, when it says so. */
const actingUser = (definition: Route, { headers, query }: FastifyRequest): unknown =>
  headers['acting-user'] ??
  (takesActingUserInAddress(definition) ? (query as Record<string, unknown>).acting_user : undefined);

/** The query without the acting user, who may be named in it. */
function ownQuery(definition: Route, { query }: FastifyRequest): unknown {
  if (!takesActingUserInAddress(definition)) return query;
  const { acting_user: _, ...own } = query as Record<string, unknown>;
  return own;
}

function readInput(definition: Route, allowed: AllowedMethods, request: FastifyRequest, reply: FastifyReply): Input {
  const params = readParams(definition, allowed, request);
  const query = parsePart(definition.query, checkedQuery(ownQuery(definition, request)), 'query');
  const body = parsePart(definition.body, request.body, 'body');
  return { params, query, body, ifMatch: parseIfMatch(request.headers['if-match']), request, reply } as Input;
}

function readParams({ params }: Route, allowed: AllowedMethods, request: FastifyRequest): unknown {
  const parsed = params?.safeParse(request.params);
  if (!parsed || parsed.success) return parsed?.data;
  const methods = allowed(pathOf(request));
  // A malformed id names no record. But `GET /contacts/bulk`, which comes here as `/contacts/{id}`, is an address that takes POST alone.
  throw methods.includes(request.method) ? problems.notFound() : refusedAddress(methods, request.method);
}

function parsePart(schema: Route['body'], value: unknown, part: 'query' | 'body'): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value, with_input);
  if (parsed.success) return parsed.data;
  if (part === 'body' && value === undefined) throw problems.malformed('A JSON body is needed.');
  throw problems.invalid(fieldErrors(parsed.error));
}

function checkedQuery(query: unknown): unknown {
  for (const [key, value] of Object.entries(query as Record<string, unknown>)) {
    if (typeof value === 'string') checkText(value, `The parameter "${key.slice(0, 60)}"`);
  }
  return query;
}

/** A proxy that compresses answers calls their ETags weak (`W/"3"`); the version is the same. */
function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (!version)
    throw problems.malformed('If-Match takes the ETag of the record as it was answered, such as "3" with its quotes.');
  return Number(version);
}

type RateLimit = NonNullable<Route['rateLimit']>;

/** Sets the headers of the IETF draft on rate limits; those of the last limit, the narrowest, remain. */
async function limit(options: ServerOptions, reply: FastifyReply, who: string, rate: RateLimit): Promise<void> {
  const { name, limit: most, windowSeconds } = rate;
  const { allowed, remaining, retryAfterSeconds } = await options.takeFromLimit(`${name}:${who}`, most, windowSeconds);
  reply.header('ratelimit-policy', `"${name}";q=${most};w=${windowSeconds}`);
  reply.header('ratelimit', `"${name}";r=${remaining};t=${allowed ? windowSeconds : retryAfterSeconds}`);
  if (!allowed) throw problems.rateLimited(retryAfterSeconds);
}
