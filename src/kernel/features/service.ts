import { invalidField } from '../errors/problem.ts';
import { recordEvent } from '../identity/events.ts';
import type { Context } from '../tenancy/context.ts';
import { readSwitches, type Switches, writeSwitches } from './queries.ts';
import { findProduct, listDeclared } from './registry.ts';
import type { FeatureSwitches } from './switches.ts';

export async function listFeatures(ctx: Context, features: FeatureSwitches) {
  const switches = await readSwitches(ctx);
  return listDeclared().map(({ name, title, description }) => ({
    name,
    title,
    description,
    product: findProduct(name) !== undefined,
    on: features.isOn(name, switches),
    locked: features.everywhereOff.includes(name),
  }));
}

/** Switches. A product that comes on catches up with what it passed over. */
export async function changeFeatures(ctx: Context, change: Switches, features: FeatureSwitches): Promise<void> {
  const locked = features.everywhereOff.find((name) => change[name]);
  if (locked) throw invalidField(locked, 'locked', 'This is switched off for the whole installation');
  const switches = await readSwitches(ctx, true);
  await writeSwitches(ctx, change);
  const names = Object.keys(change);
  const before = Object.fromEntries(names.map((name) => [name, switches[name] ?? true]));
  await recordEvent(ctx, {
    action: 'update',
    resource: 'tenant',
    record_id: ctx.tenant_id,
    before: { features: before },
    after: { features: change },
  });
  for (const name of names) if (change[name] && !before[name]) await findProduct(name)?.whenSwitchedOn?.(ctx);
}
