import type { z } from 'zod';
import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { type LedgerItem, type ledgerQuery, outcomes } from './contract.ts';

export interface LedgerRow extends Omit<LedgerItem, 'sentence'> {
  problem: string | null;
  retry_at: string | null;
}

/**
 * What the provider of a mailbox lists, the newest first, from behind one item on; one more than asked for, if there is
 * one.
 */
export const findItems = (
  ctx: Context,
  { mailbox_id, q, outcome, folder_id, limit }: z.output<typeof ledgerQuery>,
  after: { sent_at: unknown; id: unknown },
): Promise<LedgerRow[]> => {
  const pattern = q ? `%${q.replace(/[\\%_]/g, '\\$&')}%` : null;
  return ctx.tx.many(sql`select l.id, f.path as folder, l.uid::text, l.header_id, l.subject, l.from_address, l.sent_at,
      l.size_bytes::float8 as size_bytes, l.outcome, l.rule, l.problem, l.attempts, l.retry_at, l.at, l.message_id
    from mail_ledger l join mail_folder f on f.tenant_id = l.tenant_id and f.id = l.folder_id
    where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id} and (${outcome ?? null}::text is null
      or l.outcome = ${outcome ?? null})
      and (${folder_id ?? null}::uuid is null or l.folder_id = ${folder_id ?? null})
      and (${pattern}::text is null or l.subject ilike ${pattern} or l.from_address ilike ${pattern} or l.header_id ilike ${pattern})
      and (${after.id}::uuid is null or (coalesce(l.sent_at, '-infinity'), l.id) < (coalesce(${after.sent_at}::timestamptz, '-infinity'),
        ${after.id}::uuid))
    order by coalesce(l.sent_at, '-infinity') desc, l.id desc limit ${limit + 1}`);
};

export async function countOutcomes(
  ctx: Context,
  mailbox_id: string,
): Promise<Record<(typeof outcomes)[number], number>> {
  const rows = await ctx.tx.many<{
    outcome: (typeof outcomes)[number];
    count: number;
  }>(sql`select outcome, count(*)::int as count from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} group by outcome`);
  const none = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<(typeof outcomes)[number], number>;
  return { ...none, ...Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])) };
}
