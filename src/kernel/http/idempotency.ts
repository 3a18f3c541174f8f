import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { sql } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import type { Actor, Context } from '../tenancy/context.ts';

const pattern = /^[\x20-\x7e]{1,255}$/;

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

interface Kept extends KeptAnswer {
  request_hash: Buffer;
}

/** The request's Idempotency-Key, checked; undefined when it sends none. */
export function idempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !pattern.test(key)) {
    throw problems.malformed('The Idempotency-Key must be 1 to 255 printable ASCII characters, such as a UUID.');
  }
  return key;
}

/** What makes two requests the same: verb, address and body. */
export function requestHash(request: FastifyRequest): Buffer {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  return hash.update(JSON.stringify(request.body ?? null)).digest();
}

/** The answer given before for this key; 409 when the key came with another request. */
export async function findIdempotentResponse(ctx: Context, key: string, hash: Buffer): Promise<KeptAnswer | undefined> {
  const kept = await ctx.tx.maybe<Kept>(sql`select status, headers, body, request_hash from idempotency_key
    where tenant_id = ${ctx.tenant_id} and actor_id = ${callerId(ctx.actor)} and key = ${key}`);
  if (!kept) return undefined;
  if (!kept.request_hash.equals(hash)) {
    throw problems.conflict(
      'This Idempotency-Key was used for another request. Make a new key for each new request.',
      'idempotency_key_reused',
    );
  }
  return kept;
}

/** An answer that is given again to the caller's request with this key. */
interface Keeping {
  actor: Actor;
  key: string;
  hash: Buffer;
  answer: KeptAnswer;
}

/**
 * Keeps answers in the transaction of the change itself. Of two requests with one key the second to commit fails on the primary key, is
 * rolled back, and then finds the first one's answer.
 */
export function keepAnswers(ctx: Context, kept: readonly Keeping[]): void {
  if (kept.length === 0) return;
  const rows = kept.map(
    ({ actor, key, hash, answer: { status, headers, body } }) =>
      sql`(${ctx.tenant_id}, ${callerId(actor)}, ${key}, ${hash}, ${status}, ${JSON.stringify(headers)}, ${body})`,
  );
  ctx.tx.post(sql`insert into idempotency_key (tenant_id, actor_id, key, request_hash, status, headers, body)
    values ${sql.join(rows)}`);
}

const callerId = ({ credential_id, user_id, tenant_id }: Actor): string => credential_id ?? user_id ?? tenant_id;
