import { invalidField, Problem } from '../errors/problem.ts';
import type { Route } from '../http/route.ts';
import { recordEvent } from '../identity/events.ts';
import type { Context } from '../tenancy/context.ts';
import { type Feature, featureNames, features } from './contract.ts';
import { readSwitches, type Switches, writeSwitches } from './queries.ts';

/** Routes that are there only while the feature is on. The server looks before it runs them. */
export const withFeature = (feature: Feature, routes: Route[]): Route[] =>
  routes.map((route) => ({ ...route, feature }));

export async function refuseWithoutFeature(ctx: Context, feature: Feature, off: readonly Feature[]): Promise<void> {
  if (isOn(feature, await readSwitches(ctx), off)) return;
  const who = off.includes(feature)
    ? 'for this whole installation'
    : 'in this workspace; an administrator can switch it on';
  throw new Problem(403, 'feature_off', 'This is switched off', `${features[feature].title}: switched off ${who}.`);
}

const isOn = (feature: Feature, switches: Switches, off: readonly Feature[]): boolean =>
  !off.includes(feature) && (switches[feature] ?? true);

/** What is switched off in a workspace with these switches, or in the whole installation. */
export const listOff = (switches: Switches, off: readonly Feature[]): Feature[] =>
  featureNames.filter((name) => !isOn(name, switches, off));

export async function listFeatures(ctx: Context, off: readonly Feature[]) {
  const switches = await readSwitches(ctx);
  return featureNames.map((name) => ({
    name,
    ...features[name],
    on: isOn(name, switches, off),
    locked: off.includes(name),
  }));
}

export async function changeFeatures(
  ctx: Context,
  change: Partial<Record<Feature, boolean>>,
  off: readonly Feature[],
): Promise<void> {
  const locked = off.find((name) => change[name]);
  if (locked) throw invalidField(locked, 'locked', 'This is switched off for the whole installation');
  const switches = await readSwitches(ctx, true);
  await writeSwitches(ctx, change);
  const names = Object.keys(change) as Feature[];
  const before = Object.fromEntries(names.map((name) => [name, switches[name] ?? true]));
  await recordEvent(ctx, {
    action: 'update',
    resource: 'tenant',
    record_id: ctx.tenant_id,
    before: { features: before },
    after: { features: change },
  });
}
