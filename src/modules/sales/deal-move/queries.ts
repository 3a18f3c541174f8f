import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface Card {
  id: string;
  position: number;
}

/** One mover at a time in a column; the others wait until this transaction ends. */
export async function lockColumn(ctx: Context, stageId: string): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`deal column ${stageId}`}, 0))`);
}

const column = (ctx: Context, stageId: string, movedId: string) =>
  sql`tenant_id = ${ctx.tenant_id} and stage_id = ${stageId} and deleted_at is null and id <> ${movedId}`;

export function cardInColumn(ctx: Context, stageId: string, movedId: string, id: string): Promise<Card | undefined> {
  return ctx.tx.maybe<Card>(sql`select id, position from deal where ${column(ctx, stageId, movedId)} and id = ${id}`);
}

/** Up to `limit` cards below a card, or from the top of the column without one; nearest first. */
export function cardsAfter(
  ctx: Context,
  stageId: string,
  movedId: string,
  from: Card | undefined,
  limit: number,
): Promise<Card[]> {
  const after = from ? sql`and (position, id) > (${from.position}, ${from.id})` : sql``;
  return ctx.tx.many<Card>(sql`select id, position from deal where ${column(ctx, stageId, movedId)} ${after}
    order by position, id limit ${limit}`);
}

/** Up to `limit` cards above a card, or from the end of the column without one; nearest first. */
export function cardsBefore(
  ctx: Context,
  stageId: string,
  movedId: string,
  from: Card | undefined,
  limit: number,
): Promise<Card[]> {
  const before = from ? sql`and (position, id) < (${from.position}, ${from.id})` : sql``;
  return ctx.tx.many<Card>(sql`select id, position from deal where ${column(ctx, stageId, movedId)} ${before}
    order by position desc, id desc limit ${limit}`);
}

export async function spread(ctx: Context, stageId: string, cards: Card[]): Promise<void> {
  await ctx.tx.run(
    sql`select app.spread_deals(${stageId}, ${cards.map((card) => card.id)}, ${cards.map((card) => card.position)})`,
  );
}
