import { findRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { message } from './contract.ts';

/** Messages that were found newest first, as a conversation is read. */
export async function oldestFirst(ctx: Context, found: readonly { id: string }[]): Promise<Values[]> {
  const rows = await Promise.all(found.map(({ id }) => findRow(ctx, message, id)));
  return rows.filter((row) => row !== undefined).reverse();
}
