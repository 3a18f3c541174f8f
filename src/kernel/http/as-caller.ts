import type { FastifyRequest } from 'fastify';
import type pg from 'pg';
import { problems } from '../errors/problem.ts';
import { type Actor, type Context, contextOver, settingsOf, withContext } from '../tenancy/context.ts';
import type { BareContext } from './route.ts';

export const originOf = (request: FastifyRequest) => ({ ip: request.ip, request_id: request.id });

/**
 * Runs `work` as the caller, and refuses when their rights have changed meanwhile. For routes without a transaction of
 * the server: those whose response holds a secret, which the server would store for the Idempotency-Key, whose work
 * must persist even if the request is refused, or takes long.
 */
export function asCaller<Result>(
  bare: BareContext,
  request: FastifyRequest,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  return withContext(bare.db, signedIn(bare), (ctx) => thenRefuseChanged(bare, work(ctx)), originOf(request));
}

/** As `asCaller`, on a connection that can copy. */
export function asCallerCopying<Result>(
  bare: BareContext,
  request: FastifyRequest,
  work: (ctx: Context, client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const { db } = bare;
  const actor = signedIn(bare);
  return db.streaming(settingsOf(actor, originOf(request)), (tx, client) =>
    thenRefuseChanged(bare, work(contextOver(tx, db, actor), client)),
  );
}

function signedIn({ actor }: BareContext): Actor {
  if (!actor) throw problems.notSignedIn();
  return actor;
}

async function thenRefuseChanged<Result>({ refuseChanged }: BareContext, work: Promise<Result>): Promise<Result> {
  const result = await work;
  await refuseChanged();
  return result;
}
