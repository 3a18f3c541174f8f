import { owned } from '../../../kernel/access/table-rule.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type FieldError, problems } from '../../../kernel/errors/problem.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { createRows, type ErrorPath, getRow, lockRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { household } from '../household/contract.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { readToday } from '../period.ts';
import { clientReview } from './contract.ts';

/**
 * Writes reviews down, and on their households when the last one was. From that the database says when the next is due
 * (`app.plan_review`).
 */
async function create(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const today = await readToday(ctx);
  const errors = inputs.flatMap(({ held_on }, at): FieldError[] =>
    held_on && (held_on as string) > today
      ? [{ field: `${errorPath(at)}held_on`, code: 'invalid_value', message: 'This day is yet to come' }]
      : [],
  );
  if (errors.length > 0) throw problems.invalid(errors);
  const held = inputs.map((input) => ({ ...input, held_on: (input.held_on ?? today) as string }));
  const rows = await createRows(ctx, clientReview, held, { author_id: ctx.actor.user_id }, errorPath);
  for (const [id, reviews] of Map.groupBy(held as (Values & { held_on: string })[], ({ household_id }) => household_id))
    await noteLast(ctx, id as string, reviews.map(({ held_on }) => held_on).sort().at(-1)!); // biome-ignore format: one call
  return rows;
}

async function noteLast(ctx: Context, id: string, held_on: string): Promise<void> {
  const { last_review_on } = await lockRow(ctx, household, id);
  if (last_review_on === null || (last_review_on as string) < held_on)
    await updateRow(ctx, household, id, { last_review_on: held_on });
}

/** Without the last review, the one before it is the last. */
async function whenDeleted(ctx: Context, id: string): Promise<void> {
  const { household_id, held_on } = await getRow(ctx, clientReview, id);
  const { last_review_on } = await lockRow(ctx, household, household_id as string);
  if (last_review_on !== held_on) return;
  const { before } = await ctx.tx.one<{
    before: string | null;
  }>(sql`select max(held_on)::text as before from client_review
    where tenant_id = ${ctx.tenant_id} and household_id = ${household_id} and id <> ${id}`);
  await updateRow(ctx, household, household_id as string, { last_review_on: before });
}

export const clientReviewType: RecordType = {
  resource: clientReview,
  rule: owned('client_review', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('client_review'),
    note: 'Whoever may change a household may write down its reviews.',
  }),
  rules: { create, beforeDelete: whenDeleted },
};
