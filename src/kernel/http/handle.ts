import type { FastifyReply, FastifyRequest } from 'fastify';
import { rights_resources, scopeOf } from '../access/rights.ts';
import type { Cache } from '../cache/cache.ts';
import { clientNetwork } from '../client-address.ts';
import { definedResources, type Resource } from '../contract/resource.ts';
import type { Database } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import type { FeatureSwitches } from '../features/switches.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';
import { operatorStanding } from '../tenancy/operator.ts';
import type { UsageScope } from '../usage/scope.ts';
import type { AllowedMethods } from './allow.ts';
import { type Authenticate, refuseChangedRights } from './current-rights.ts';
import { changeOnce, type RenderedResponse } from './idempotency.ts';
import { readInput } from './input.ts';
import type { ResponseCache } from './response-cache.ts';
import { type Answer, goodStatus, type Route, takesActingUserInAddress, workOf } from './route.ts';
import { refuseCrossSite, session_cookie } from './security.ts';

/** What handling a request needs. */
export interface HandlerOptions {
  db: Database;
  authenticate: Authenticate;
  /** Counts requests against rate limits. */
  cache: Pick<Cache, 'count'>;
  /** Requests a minute, per address and per caller. */
  limits: { perAddress: number; perCaller: number };
  /** `https://crm.example.com`; without it the request's own host counts. */
  publicOrigin?: string;
  features: FeatureSwitches;
  responseCache: ResponseCache;
  /** Called after the commit of a change of rights in a workspace. */
  rightsChanged: (tenant_id: string) => void;
  /** Whether a response that breaks its contract is an error; on in tests. */
  checkAnswers: boolean;
}

export interface RequestScope extends UsageScope {
  actor: Actor | null;
}

/**
 * Handles a request to a route: finds out who sends it and whether they may, reads its input, does the work, and
 * responds.
 */
export async function handle(
  options: HandlerOptions,
  allowed: AllowedMethods,
  definition: Route,
  scope: RequestScope,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const actor = await admit(options, definition, scope, request, reply);
  const input = readInput(definition, allowed, request, reply);
  if (actor && !readsTrail(definition)) options.features.refuseType(actor, [input.params, input.query, input.body]);
  const refuseChanged = refuseChangedRights(options.authenticate, request, actor);
  const bare = { db: options.db, actor, refuseChanged };
  if (definition.transaction === false) {
    const answer: unknown = await definition.handler(bare, input);
    if (actor && definition.method !== 'GET') await changed(options, definition, actor);
    // A handler that has responded by itself returns the reply. That is a promise, which resolves to undefined.
    return answer === undefined ? reply : sendText(reply, rendered(options, definition, answer as Answer));
  }
  if (!actor) throw problems.notSignedIn();
  const { cacheTags } = definition;
  const work = await workOf(definition, bare, input);
  if (definition.method === 'GET') {
    const openEnded = isOpenEnded(input.query);
    const origin = { ip: request.ip, request_id: request.id, mode: 'read', openEnded } as const;
    const read = async () => rendered(options, definition, await withContext(options.db, actor, work, origin));
    const answer = cacheTags ? await options.responseCache.answer(cacheTags, actor, request.url, read) : await read();
    await refuseChanged();
    return sendText(reply, answer);
  }
  const workToEnd = async (ctx: Context) => {
    const { headers, ...rest } = await work(ctx);
    await refuseChanged();
    // The Change-Id lets a client undo what the request did. A replayed response names the original request.
    return rendered(options, definition, { ...rest, headers: { ...headers, 'change-id': request.id } });
  };
  const change = { work: workToEnd, resource: resourceAnswered(definition), refuseChanged };
  const answer = await changeOnce(options.db, actor, request, change);
  await changed(options, definition, actor);
  return sendText(reply, answer);
}

/** The record type whose records a route answers with, one by its `id` or several as `data`. */
const resourceAnswered = ({ path, response }: Route): Resource | undefined =>
  definedResources().find(({ plural, row }) => {
    const base = `/api/v1/${plural}`;
    return response === row || path === base || path === `${base}/bulk`;
  });

/** Who sends the request; throws when they may not call the route, or call it too often. */
async function admit(
  options: HandlerOptions,
  definition: Route,
  scope: RequestScope,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Actor | null> {
  const known = await options.authenticate(request);
  const actor = known && { ...known, features_off: await options.features.off(known.tenant_id) };
  scope.actor = actor;
  scope.tenant_id = actor?.tenant_id ?? null;
  scope.user_id = actor?.user_id ?? null;
  if (scope.span && actor) scope.span.set({ 'holdfast.workspace_id': actor.tenant_id });
  if (request.cookies[session_cookie] !== undefined || definition.access === 'public')
    refuseCrossSiteUnlessKey(options, request);
  if (actor) {
    const ofCaller = { name: 'caller', limit: options.limits.perCaller, windowSeconds: 60 };
    await applyRateLimit(options, reply, String(actor.credential_id), ofCaller);
  }
  if (definition.rateLimit)
    await applyRateLimit(options, reply, actor?.user_id ?? clientNetwork(request.ip), definition.rateLimit);
  authorize(definition, actor, request);
  if (actor && definition.access === 'operator') {
    const { is, named } = await operatorStanding(options.db, actor);
    if (!is) throw named && actor.kind === 'user' ? problems.operatorNeedsSecondFactor() : problems.forbidden();
    // The request concerns the installation, so its lines do not belong in the log of the workspace in which the
    // operator has an account.
    scope.tenant_id = null;
  }
  if (actor) options.features.refuse(actor, definition.features);
  return actor;
}

/** What happened to records stays readable, whatever is switched off since. */
const readsTrail = ({ access }: Route): boolean => typeof access === 'object' && access.resource === 'audit';

const open_ended_parameters = ['filter', 'sums', 'group', 'q'];

/** Whether the caller chooses what is computed, so that it may be expensive. */
const isOpenEnded = (query: unknown): boolean =>
  typeof query === 'object' &&
  query !== null &&
  (open_ended_parameters.some((name) => (query as Record<string, unknown>)[name] !== undefined) ||
    (query as { count?: unknown }).count === 'exact');

/** Called after the commit and before the response. */
async function changed(
  { responseCache, rightsChanged }: HandlerOptions,
  definition: Route,
  actor: Actor,
): Promise<void> {
  const { access } = definition;
  if (typeof access === 'object' && rights_resources.has(access.resource)) rightsChanged(actor.tenant_id);
  await responseCache.changed(definition, actor);
}

function rendered(options: HandlerOptions, definition: Route, answer: Answer): RenderedResponse {
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

function refuseCrossSiteUnlessKey(options: HandlerOptions, request: FastifyRequest): void {
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

type RateLimit = NonNullable<Route['rateLimit']>;

/** Sets the headers of the IETF draft on rate limits; those of the last limit, the narrowest, remain. */
export async function applyRateLimit(
  { cache }: Pick<HandlerOptions, 'cache'>,
  reply: FastifyReply,
  who: string,
  { name, limit, windowSeconds }: RateLimit,
): Promise<void> {
  const { allowed, remaining, retryAfterSeconds } = await cache.count(`${name}:${who}`, windowSeconds, limit);
  reply.header('ratelimit-policy', `"${name}";q=${limit};w=${windowSeconds}`);
  reply.header('ratelimit', `"${name}";r=${remaining};t=${allowed ? windowSeconds : retryAfterSeconds}`);
  if (!allowed) throw problems.rateLimited(retryAfterSeconds);
}
