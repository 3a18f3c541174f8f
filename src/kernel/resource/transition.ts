import { type ResourceName, scopeOf } from '../access/rights.ts';
import type { Resource } from '../contract/resource.ts';
import type { Transition } from '../contract/state-machine.ts';
import { Problem, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { getRow, lockRow, updateRow, type Values } from './store.ts';

/** A transition that starts from the state of a record, and what the caller lacks for it. */
export interface OpenTransition {
  name: string;
  title: string;
  to: string;
  /** Whether the caller's role allows it. */
  allowed: boolean;
  /** Fields that must be filled in first. */
  missing: string[];
}

const isAllowed = ({ actor }: Context, { right }: Transition) =>
  !right || scopeOf(actor.rights, right.resource as ResourceName, right.action) !== 'none';

const missingOf = ({ required = [] }: Transition, row: Values) =>
  required.filter((field) => {
    const value = row[field];
    return value === null || value === '' || (Array.isArray(value) && value.length === 0);
  });

const transitionsFrom = ({ states }: Resource, row: Values) =>
  states!.transitions.filter(({ from }) => from.includes(row[states!.field] as string));

/** The transitions that start from the state of a record. */
export async function readTransitions(ctx: Context, resource: Resource, id: string): Promise<OpenTransition[]> {
  const row = await getRow(ctx, resource, id);
  return transitionsFrom(resource, row).map((transition) => ({
    name: transition.name,
    title: transition.title,
    to: transition.to,
    allowed: isAllowed(ctx, transition),
    missing: missingOf(transition, row),
  }));
}

/**
 * Takes a record to another state, with values for fields that it needs there. Throws a 403 without the right to the
 * transition, a 409 that names the transitions there are, and a 422 that names the missing fields. The database
 * enforces the same (app.check_transition).
 */
export async function transitionRow(
  ctx: Context,
  resource: Resource,
  id: string,
  { transition: name, fields = {} }: { transition: string; fields?: Values | undefined },
  version?: number,
): Promise<Values> {
  const row = await lockRow(ctx, resource, id, version);
  const open = transitionsFrom(resource, row);
  const transition = open.find((each) => each.name === name);
  const { field } = resource.states!;
  if (!transition) {
    throw new Problem(
      409,
      'transition_refused',
      'The state does not allow this',
      `The ${resource.title} is in the state "${row[field]}", which "${name}" does not begin from.`,
      { extra: { state: row[field], transitions: open.map((each) => each.name) } },
    );
  }
  if (!isAllowed(ctx, transition)) throw problems.forbidden();
  const missing = missingOf(transition, { ...row, ...fields });
  if (missing.length > 0)
    throw problems.invalid(
      missing.map((one) => ({ field: `fields.${one}`, code: 'required', message: 'This is required for this step' })),
    );
  return updateRow(ctx, resource, id, fields, undefined, { [field]: transition.to });
}
