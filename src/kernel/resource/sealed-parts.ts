import { scopeOf } from '../access/rights.ts';
import type { FieldMeta } from '../contract/fields.ts';
import { shownBy } from '../contract/mask.ts';
import { partsFunction, type Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { dataKeys } from '../vault/data-keys.ts';
import { comparedForm, hasPart, partTokens } from '../vault/envelope.ts';
import { type Condition, PartMatches } from './filter.ts';
import { openedValues } from './sealed.ts';

/** How many values a search by parts may open. Opening one takes about 13 µs. */
const opened_max = 3_000;
const part_characters_max = 1_000;

/** What a search may still open, and whether it left candidates out. */
export class OpeningBudget {
  left = opened_max;
  isCut = false;
}

/**
 * The records of which the caller may know that their value has a part, or begins with it. Candidates by the index are
 * read under the caller's rights, opened, and compared. Whoever may not reveal values finds them by what masks show, or
 * they could be guessed digit by digit.
 */
export async function matchPart(
  ctx: Context,
  resource: Resource,
  { sealed }: FieldMeta,
  { field, op, value }: Condition,
  budget: OpeningBudget,
): Promise<PartMatches> {
  if (!sealed?.parts)
    throw invalidField(
      'filter',
      'not_allowed',
      `"${field}" is sealed without an index of its parts: ask for all of it`,
    );
  if (typeof value !== 'string' || value.length > part_characters_max)
    throw invalidField('filter', 'invalid_value', `The value for "${field}" is a text`);
  if (!hasPart(value))
    throw invalidField(
      'filter',
      'part_too_short',
      `Write at least three letters or digits of "${field}", or two of Chinese, Japanese or Korean`,
    );
  const part = comparedForm(value);
  const mayReveal = scopeOf(ctx.actor.rights, 'reveal', 'read') !== 'none';
  if (!mayReveal && (op === 'starts_with' || sealed.mask !== 'last4' || [...part].length > 4))
    throw invalidField(
      'filter',
      'not_allowed',
      `Without the right to reveal, "${field}" is found by its whole value and by up to four of its last characters, with "contains"`,
    );
  const rows = await candidates(ctx, resource, field, part, budget);
  const matches = (await openedValues(ctx, resource, rows)).flatMap(({ row, text }) => {
    if (text === undefined) return [];
    const rank = mayReveal
      ? rankOf(text, part)
      : comparedForm(shownBy(text, sealed.mask)).includes(part)
        ? 2
        : undefined;
    return rank === undefined || (op === 'starts_with' && rank !== 0) ? [] : [{ id: row.id as string, rank }];
  });
  return new PartMatches(matches);
}

/** Read under row-level security. The newest first, because of too many some are left out. */
async function candidates(
  ctx: Context,
  resource: Resource,
  field: string,
  part: string,
  budget: OpeningBudget,
): Promise<Record<string, unknown>[]> {
  const { table } = resource;
  const keys = await dataKeys(ctx).indexing(ctx);
  if (keys.length === 0) return [];
  const found = keys.map(
    (key) =>
      sql`select ${sql.raw(partsFunction(resource, field))}(${partTokens(key, { table, column: field }, part)}::int[])`,
  );
  const rows = await ctx.tx.many<
    Record<string, unknown>
  >(sql`select r.id, ${sql.ref(`r.${field}`)} from ${sql.table(table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (array(${sql.join(found, sql` union `)}))
    order by r.id desc limit ${budget.left + 1}`);
  if (rows.length > budget.left) budget.isCut = true;
  const opened = rows.slice(0, budget.left);
  budget.left -= opened.length;
  return opened;
}

/**
 * 0 where a value begins with a part, 1 where a word of it does, 2 where it stands elsewhere; undefined where it does
 * not have it.
 */
export function rankOf(text: string, part: string): number | undefined {
  const whole = comparedForm(text);
  if (whole.startsWith(part)) return 0;
  if (!whole.includes(part)) return undefined;
  // A part may go on over the end of a word.
  const words = text.normalize('NFKC').split(/[^\p{L}\p{N}]+/u);
  const beginsWord = words.some((_, at) => comparedForm(words.slice(at).join('')).startsWith(part));
  return beginsWord ? 1 : 2;
}
