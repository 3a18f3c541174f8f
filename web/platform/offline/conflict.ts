import type { Fields, PendingMutation } from './waiting.ts';

const custom_prefix = 'custom.';

/** The fields a body sets, each under one name: those of the tenant's own as `custom.key`. */
export const fieldsOf = (body: Fields): [name: string, value: unknown][] =>
  Object.entries(body).flatMap(([name, value]): [string, unknown][] =>
    name === 'custom' && typeof value === 'object' && value !== null
      ? Object.entries(value).map(([key, each]) => [`${custom_prefix}${key}`, each])
      : [[name, value]],
  );

/** The value as a request has it: ids instead of the records that they name. */
export function wireValue(record: Fields, name: string): unknown {
  const value = name.startsWith(custom_prefix)
    ? (record.custom as Fields | undefined)?.[name.slice(custom_prefix.length)]
    : record[name];
  return Array.isArray(value) ? value.map(wireEntry) : idOf(value ?? null);
}

/** A record that an entry is about is named with its type. */
const wireEntry = (value: unknown) =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value
    ? { type: value.type, id: value.id }
    : idOf(value);

export const idOf = (value: unknown) =>
  typeof value === 'object' && value !== null && 'id' in value ? (value as { id: string }).id : value;

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Fields of a deal that can be set only together with its stage. */
const with_stage = ['close_reason_id', 'close_note', 'closed_on'];

/**
 * The fields that somebody else has changed too, and not to the same. What others did to other fields is in nobody's
 * way.
 */
export function conflictsOf({ record, body }: PendingMutation, current: Fields): string[] {
  const names = fieldsOf(body ?? {})
    .filter(([name, mine]) => {
      const theirs = wireValue(current, name);
      return !same(theirs, wireValue(record, name)) && !same(theirs, mine);
    })
    .map(([name]) => name);
  return names.includes('stage_id') ? names.filter((name) => !with_stage.includes(name)) : names;
}

/** Whether somebody else has done the same meanwhile, so that nothing is left to do. */
export const isDone = ({ body, place }: PendingMutation, current: Fields): boolean =>
  !place && fieldsOf(body ?? {}).every(([name, mine]) => same(wireValue(current, name), mine));

/** The body without these fields and what is said together with them. */
export function without(body: Fields, given_up: readonly string[]): Fields {
  const names = new Set(given_up.includes('stage_id') ? [...given_up, ...with_stage] : given_up);
  const left: Fields = {};
  for (const [name, value] of fieldsOf(body)) {
    if (names.has(name)) continue;
    if (name.startsWith(custom_prefix))
      left.custom = { ...(left.custom as Fields), [name.slice(custom_prefix.length)]: value };
    else left[name] = value;
  }
  return left;
}
