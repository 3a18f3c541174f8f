import { sql } from '../../kernel/database/database.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** What does not say since when it holds, holds from today on. */
export async function fromToday(ctx: Context, inputs: Values[]): Promise<Values[]> {
  if (inputs.every(({ from_on }) => from_on)) return inputs;
  const today = await readToday(ctx);
  return inputs.map((input) => ({ ...input, from_on: input.from_on ?? today }));
}

/** The day it is in the workspace. */
export const readToday = async (ctx: Context): Promise<string> =>
  (await ctx.tx.one<{ today: string }>(sql`select app.today()::text as today`)).today;
