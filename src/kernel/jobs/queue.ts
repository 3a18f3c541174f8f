import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

const payload_bytes_max = 100_000;
const jobs_per_call_max = 10_000;

export interface EnqueueOptions {
  /** Higher runs first; 0 by default. */
  priority?: number;
  /** Not before this time. */
  runAt?: Date;
  attemptsMax?: number;
  /** While a job of this kind with this key waits, another one is not added; the one that waits does not run before the caller's change is there. */
  dedupeKey?: string;
}

/** Adds a job in the caller's transaction: it exists exactly when the change does. Answers its id, or null when a like one waits already. */
export async function enqueue(
  ctx: Context,
  kind: string,
  payload: object,
  options: EnqueueOptions = {},
): Promise<string | null> {
  const [id] = await enqueueMany(ctx, kind, [payload], options);
  return id ?? null;
}

/** Adds many jobs of one kind in one statement. A `dedupeKey` goes with one payload. */
export async function enqueueMany(
  ctx: Context,
  kind: string,
  payloads: object[],
  options: EnqueueOptions = {},
): Promise<string[]> {
  if (payloads.length > jobs_per_call_max) throw new Error(`At most ${jobs_per_call_max} jobs at once`);
  const texts = payloads.map((payload) => JSON.stringify(payload));
  const large = texts.find((text) => text.length > payload_bytes_max);
  if (large)
    throw new Error(
      `The payload of a job "${kind}" is over ${payload_bytes_max} bytes; keep the data in a file or a row and pass its id`,
    );
  const state = options.runAt && options.runAt.getTime() > Date.now() ? 'scheduled' : 'ready';
  // A like job that waits is locked and not written: claimed now, it would not see the change for which it was asked again.
  const rows = await ctx.tx.many<{ id: string }>(sql`
    insert into job (tenant_id, kind, payload, state, priority, run_at, attempts_max, dedupe_key, actor_id)
    select ${ctx.tenant_id}, ${kind}, payload::jsonb, ${state}, ${options.priority ?? 0}, coalesce(${options.runAt?.toISOString() ?? null}::timestamptz, now()),
      ${options.attemptsMax ?? 5}, ${options.dedupeKey ?? null}, ${ctx.actor.user_id}
    from unnest(${texts}::text[]) as payloads (payload)
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
      do update set dedupe_key = excluded.dedupe_key where false
    returning id`);
  return rows.map((row) => row.id);
}
