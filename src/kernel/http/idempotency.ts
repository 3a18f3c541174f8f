import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Database, sql } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import { type Actor, type Context, withContext } from '../tenancy/context.ts';

const pattern = /^[\x20-\x7e]{1,255}$/;

export interface RenderedResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface StoredResponse extends RenderedResponse {
  request_hash: Buffer;
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

/** Two requests are the same when their method, address and body are. */
function requestHash(request: FastifyRequest): Buffer {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  return hash.update(JSON.stringify(request.body ?? null)).digest();
}

/** The response stored for this key; 409 when the key was used for another request. */
async function findIdempotentResponse(ctx: Context, key: string, hash: Buffer): Promise<RenderedResponse | undefined> {
  const stored = await ctx.tx.maybe<StoredResponse>(sql`select status, headers, body, request_hash from idempotency_key
    where tenant_id = ${ctx.tenant_id} and actor_id = ${callerId(ctx.actor)} and key = ${key}`);
  if (!stored) return undefined;
  if (!stored.request_hash.equals(hash)) {
    throw problems.conflict(
      'This Idempotency-Key was used for another request. Make a new key for each new request.',
      'idempotency_key_reused',
    );
  }
  return stored;
}

/**
 * Stores a response in the transaction of the change. Of two requests with one key, the second to commit fails on the primary key, is rolled back,
 * and then finds the response of the first.
 */
function storeResponse(ctx: Context, key: string, hash: Buffer, { status, headers, body }: RenderedResponse): void {
  ctx.tx.post(sql`insert into idempotency_key (tenant_id, actor_id, key, request_hash, status, headers, body)
    values (${ctx.tenant_id}, ${callerId(ctx.actor)}, ${key}, ${hash}, ${status}, ${JSON.stringify(headers)}, ${body})`);
}

/** Whose keys these are. Not those of a session: what a person made offline may be sent again after they have signed in anew. */
const callerId = ({ kind, credential_id, user_id, tenant_id }: Actor): string =>
  (kind === 'api_key' ? credential_id : user_id) ?? tenant_id;

/**
 * Runs `work` in a transaction of its own. With an Idempotency-Key it takes effect once, and repeated requests get the stored response. Repeats are
 * rare, so the change is tried first: in a repeat, storing the response fails on the key, or the change itself fails, and all is rolled back.
 */
export async function changeOnce(
  db: Database,
  actor: Actor,
  request: FastifyRequest,
  work: (ctx: Context) => Promise<RenderedResponse>,
): Promise<RenderedResponse> {
  const origin = { ip: request.ip, request_id: request.id };
  const key = request.method === 'DELETE' ? undefined : idempotencyKey(request);
  if (key === undefined) return withContext(db, actor, work, origin);
  const hash = requestHash(request);
  const workAndStore = async (ctx: Context) => {
    const response = await work(ctx);
    storeResponse(ctx, key, hash, response);
    return response;
  };
  try {
    return await withContext(db, actor, workAndStore, origin);
  } catch (reason) {
    const stored = await withContext(db, actor, (ctx) => findIdempotentResponse(ctx, key, hash), origin);
    if (!stored) throw reason;
    return { ...stored, headers: { ...stored.headers, 'idempotency-replayed': 'true' } };
  }
}
