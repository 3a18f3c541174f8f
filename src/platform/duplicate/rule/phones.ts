import { phoneKeys } from '../../../kernel/resource/personal-lookup.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { suspectResource } from '../contract.ts';
import type { Typed } from './sql.ts';

/** Adds the keys by which the telephone number is found, stored in the clear or sealed, with spaces between. */
export async function withPhoneKeys(ctx: Context, resource: string, typed: Typed): Promise<Typed> {
  if (!typed.phone) return typed;
  const [keys = []] = await phoneKeys(ctx, suspectResource(resource).table, [typed.phone]);
  return { ...typed, phone_keys: keys.join(' ') };
}
