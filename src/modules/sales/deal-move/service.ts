import { invalidField } from '../../../kernel/errors/problem.ts';
import { lockRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import { changeStage } from '../deal/index.ts';
import type { Move } from './contract.ts';
import { type Card, cardInColumn, cardsAfter, cardsBefore, lockColumn, spread } from './queries.ts';

/** How many cards on each side of a gap that has become too narrow are moved first. */
const spread_cards = 32;
/**
 * Positions are doubles near 2^31 (seconds since 1970), which are 2^-22 apart: this leaves room for a few more
 * halvings.
 */
const step_min = 2 ** -18;

/** Puts a card into a column, between two others or at an end. */
export async function moveDeal(ctx: Context, id: string, move: Move, version?: number): Promise<Values> {
  // Locked before the card, so that two movers in one column cannot deadlock.
  await lockColumn(ctx, move.stage_id);
  const current = await lockRow(ctx, deal, id, version);
  const position = await positionFor(ctx, id, move);
  return changeStage(ctx, current, move.stage_id, { position });
}

async function positionFor(ctx: Context, movedId: string, move: Move): Promise<number> {
  const { stage_id } = move;
  const one = (cards: Card[]) => cards[0];
  let above: Card | undefined;
  let below: Card | undefined;
  if (move.before_id) {
    below = await neighbour(ctx, movedId, stage_id, 'before_id', move.before_id);
    above = one(await cardsBefore(ctx, stage_id, movedId, below, 1));
  } else if (move.after_id) {
    above = await neighbour(ctx, movedId, stage_id, 'after_id', move.after_id);
    below = one(await cardsAfter(ctx, stage_id, movedId, above, 1));
  } else if (move.position === 'first') {
    below = one(await cardsAfter(ctx, stage_id, movedId, undefined, 1));
  } else {
    above = one(await cardsBefore(ctx, stage_id, movedId, undefined, 1));
  }
  if (!above || !below) return outside(above, below);
  const middle = (above.position + below.position) / 2;
  return above.position < middle && middle < below.position ? middle : makeRoom(ctx, movedId, stage_id, above, below);
}

async function neighbour(ctx: Context, movedId: string, stageId: string, field: string, id: string): Promise<Card> {
  const card = await cardInColumn(ctx, stageId, movedId, id);
  if (!card) throw invalidField(field, 'not_in_column', 'This card is not, or no longer, in that column');
  return card;
}

/**
 * New cards come with the present time as their position: the end of a column is no later than that, so that they come
 * after it.
 */
function outside(above: Card | undefined, below: Card | undefined): number {
  if (below) return below.position - 1;
  return Math.max(Date.now() / 1000, (above?.position ?? 0) + step_min);
}

/**
 * Spaces the cards around a gap evenly, twice as many each time until there is room. Returns the position in the gap.
 */
async function makeRoom(ctx: Context, movedId: string, stageId: string, above: Card, below: Card): Promise<number> {
  for (let size = spread_cards; ; size *= 2) {
    const [before, after] = await Promise.all([
      cardsBefore(ctx, stageId, movedId, above, size),
      cardsAfter(ctx, stageId, movedId, below, size),
    ]);
    // The outermost card on each side stays where it is, unless the column ends there.
    const low = before.length === size ? before.pop() : undefined;
    const high = after.length === size ? after.pop() : undefined;
    const upper = [...before.reverse(), above];
    const cards = [...upper, below, ...after];
    const positions = evenly(cards.length + 1, low?.position, high?.position);
    if (!positions) continue;
    const [gap] = positions.splice(upper.length, 1);
    const spaced = cards.map((card, i) => ({ id: card.id, position: positions[i]! }));
    await spread(ctx, stageId, spaced);
    return gap!;
  }
}

/** `count` positions between two ends, of which either may be open; undefined when they would lie too close. */
function evenly(count: number, low: number | undefined, high: number | undefined): number[] | undefined {
  const top = high ?? Math.max(Date.now() / 1000, (low ?? 0) + (count + 1) * step_min);
  const bottom = low ?? top - count - 1;
  const step = (top - bottom) / (count + 1);
  return step < step_min ? undefined : Array.from({ length: count }, (_, i) => bottom + step * (i + 1));
}
