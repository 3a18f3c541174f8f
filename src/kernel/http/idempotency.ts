import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { rightsText } from '../access/rights.ts';
import type { Resource } from '../contract/resource.ts';
import { type Database, sql } from '../database/database.ts';
import { Problem, problems } from '../errors/problem.ts';
import { isSealedText, markSql, openTexts, sealsPersonal, sealTexts } from '../resource/personal.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';

const pattern = /^[\x20-\x7e]{1,255}$/;

export interface RenderedResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface StoredResponse extends RenderedResponse {
  request_hash: Buffer;
  /** Null where the previous release stored it. */
  rights_hash: Buffer | null;
}

/** What is done for a request, and what a repeat of it depends on. */
export interface Change {
  work: (ctx: Context) => Promise<RenderedResponse>;
  /** Whose records the answer has; undefined where they are of no type. */
  resource: Resource | undefined;
  /** Throws when the caller's session has ended or their rights have changed since the request came. */
  refuseChanged: () => Promise<void>;
}

/** The request's Idempotency-Key; undefined when there is none, a 400 when it is malformed. */
function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !pattern.test(key)) {
    throw problems.malformed('The Idempotency-Key must be 1 to 255 printable ASCII characters, such as a UUID.');
  }
  return key;
}

/**
 * Two requests are the same when their method, address and body are. Their hashes are keyed: of a body with a sealed
 * value that has few possibilities, such as a tax number, a plain hash would tell the value by trying them all. The
 * first is stored; the others are of older keys, and the last is that of the previous release, whose rows are a day old
 * at most.
 */
function requestHashes(db: Database, request: FastifyRequest): [Buffer, ...Buffer[]] {
  const text = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
  return [...dataKeys({ db }).digests('request', text), createHash('sha256').update(text).digest()];
}

const rightsHash = ({ rights }: Actor): Buffer => createHash('sha256').update(rightsText(rights)).digest();

/**
 * The response stored for this key; 409 when the key was used for another request, or the caller may no longer see what
 * it says.
 */
async function findIdempotentResponse(
  ctx: Context,
  key: string,
  hashes: readonly Buffer[],
  resource: Resource | undefined,
): Promise<RenderedResponse | undefined> {
  const found =
    await ctx.tx.maybe<StoredResponse>(sql`select status, headers, body, request_hash, rights_hash from idempotency_key
    where tenant_id = ${ctx.tenant_id} and actor_id = ${callerId(ctx.actor)} and key = ${key}`);
  if (!found) return undefined;
  const { request_hash, rights_hash, ...stored } = found;
  if (!hashes.some((hash) => request_hash.equals(hash))) {
    throw problems.conflict(
      'This Idempotency-Key was used for another request. Make a new key for each new request.',
      'idempotency_key_reused',
    );
  }
  stored.body = await openBody(ctx, key, stored.body);
  const hasSameRights = rights_hash === null || rights_hash.equals(rightsHash(ctx.actor));
  if (!hasSameRights || !(await seesRecords(ctx, resource, stored.body))) throw notShownAgain();
  return stored;
}

const notShownAgain = (): Problem =>
  new Problem(
    409,
    'done_already',
    'This was done already',
    'The first request with this Idempotency-Key made the change. Its answer is not shown again: your rights have changed since, or you may no longer see a record in it.',
  );

/** Whether the caller reads all the records of an answer, those in the trash too. */
async function seesRecords(ctx: Context, resource: Resource | undefined, body: string): Promise<boolean> {
  if (!resource || body === '') return true;
  const answer: { id?: unknown; data?: unknown } = JSON.parse(body);
  const rows: unknown[] = Array.isArray(answer.data) ? answer.data : [answer];
  const ids = new Set(rows.flatMap(shownId));
  if (ids.size === 0) return true;
  const { count } = await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count
    from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${[...ids]}::uuid[])`);
  return count === ids.size;
}

/** The id of a record in an answer. One that has nothing else never told more of its record than that it was made. */
const shownId = (row: unknown): string[] => {
  const { id, ...shown } = row as Record<string, unknown>;
  return typeof id === 'string' && Object.keys(shown).length > 0 ? [id] : [];
};

/**
 * Stores a response in the transaction of the change. Of two requests with one key, the second to commit fails on the
 * primary key, is rolled back, and then finds the response of the first.
 */
async function storeResponse(ctx: Context, key: string, hash: Buffer, response: RenderedResponse): Promise<void> {
  const { status, headers } = response;
  const body = await sealBody(ctx, key, response.body);
  ctx.tx.post(sql`insert into idempotency_key (tenant_id, actor_id, key, request_hash, rights_hash, status, headers, body)
    values (${ctx.tenant_id}, ${callerId(ctx.actor)}, ${key}, ${hash}, ${rightsHash(ctx.actor)}, ${status}, ${JSON.stringify(headers)},
      ${body})`);
}

const placeOfBody = (actor_id: string, key: string) => ({
  table: 'idempotency_key',
  column: 'body',
  row: `${actor_id} ${key}`,
});

/** Answers of all types may name people, and are sealed as their names are. */
async function sealBody(ctx: Context, key: string, body: string): Promise<string> {
  if (body === '' || !(await sealsPersonal(ctx))) return body;
  const [sealed] = await sealTexts(ctx, [{ text: body, ...placeOfBody(callerId(ctx.actor), key) }]);
  return sealed!;
}

async function openBody(ctx: Context, key: string, body: string): Promise<string> {
  if (!isSealedText(body)) return body;
  const [{ text, missing_key } = { text: undefined, missing_key: undefined }] = await openTexts(ctx, [
    { text: body, ...placeOfBody(callerId(ctx.actor), key) },
  ]);
  if (missing_key !== undefined) throw problems.keyMissing(missing_key);
  if (text === undefined) throw notShownAgain();
  return text;
}

/**
 * Seals the answers of a workspace that were stored before a time, some of them; answers how many. Answers of before it
 * sealed personal texts, which are a day old at most.
 */
export async function sealStoredAnswers(ctx: Context, before: Date, rows_max: number): Promise<number> {
  const rows = await ctx.tx.many<{
    actor_id: string;
    key: string;
    body: string;
  }>(sql`select actor_id, key, body from idempotency_key
    where tenant_id = ${ctx.tenant_id} and created_at < ${before} and body <> '' and not starts_with(body, ${markSql})
    limit ${rows_max} for update`);
  const sealed = await sealTexts(
    ctx,
    rows.map(({ actor_id, key, body }) => ({ text: body, ...placeOfBody(actor_id, key) })),
  );
  for (const [at, { actor_id, key }] of rows.entries())
    await ctx.tx.run(sql`update idempotency_key set body = ${sealed[at]}
      where tenant_id = ${ctx.tenant_id} and actor_id = ${actor_id} and key = ${key}`);
  return rows.length;
}

/**
 * Whose keys these are. Not those of a session: what a person made offline may be sent again after they have signed in
 * anew.
 */
const callerId = ({ kind, credential_id, user_id, tenant_id }: Actor): string =>
  (kind === 'api_key' ? credential_id : user_id) ?? tenant_id;

/**
 * Runs `work` in a transaction of its own. With an Idempotency-Key it takes effect once, and repeated requests get the
 * stored response. Repeats are rare, so the change is tried first: in a repeat, storing the response fails on the key,
 * or the change itself fails, and all is rolled back.
 */
export async function changeOnce(
  db: Database,
  actor: Actor,
  request: FastifyRequest,
  { work, resource, refuseChanged }: Change,
): Promise<RenderedResponse> {
  const origin = { ip: request.ip, request_id: request.id };
  const key = request.method === 'DELETE' ? undefined : idempotencyKey(request);
  if (key === undefined) return withContext(db, actor, work, origin);
  const hashes = requestHashes(db, request);
  const workAndStore = async (ctx: Context) => {
    // Asked along with the first statement of the change, so that it costs no way to the database of its own.
    sealsPersonal(ctx).catch(() => undefined);
    const response = await work(ctx);
    await storeResponse(ctx, key, hashes[0], response);
    return response;
  };
  try {
    return await withContext(db, actor, workAndStore, origin);
  } catch (reason) {
    const find = (ctx: Context) => findIdempotentResponse(ctx, key, hashes, resource);
    const stored = await withContext(db, actor, find, origin);
    if (!stored) throw reason;
    // What was thrown may be that the caller is no longer who they were when the request came.
    await refuseChanged();
    return { ...stored, headers: { ...stored.headers, 'idempotency-replayed': 'true' } };
  }
}
