import type { Resource } from '../../contract/resource.ts';
import { invalidField } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { type Condition, checkOperator, NamedRecords, operators } from '../filter.ts';
import { comparedText } from './comparing.ts';
import type { NameIndex } from './name-index.ts';
import { type Names, namesBeingRead } from './prepared.ts';
import type { NoNames } from './store.ts';

const value_characters_max = 1_000;
const values_max = 200;
/** More records are not handed to the database by their ids. */
const matches_max = 20_000;

/** What filters by sealed names need. */
export interface Naming {
  /** Undefined where the filter names none. */
  names: Names | undefined;
  /** The ids of the records that the caller reaches; undefined for one who reaches all. */
  reachedIds: (ctx: Context, resource: Resource) => Promise<ReadonlySet<string> | undefined>;
}

/**
 * The records that a condition on a sealed name finds, or that one which negates it leaves out. Only among those that
 * the caller reaches, so that it tells nothing how many others match.
 */
export async function matchNames(
  ctx: Context,
  resource: Resource,
  names: NameIndex | NoNames,
  { field, op, value }: Condition,
  { reachedIds }: Naming,
): Promise<NamedRecords> {
  checkOperator(field, op, operators.text!);
  const holds = conditionOf(field, op, value);
  if (names === 'reading') throw namesBeingRead();
  if (names === 'too_many')
    throw invalidField('filter', 'not_allowed', 'Names are sealed in this workspace, which has too many to filter by');
  const ids = names.idsWhere(holds, await reachedIds(ctx, resource));
  if (ids.length > matches_max)
    throw invalidField(
      'filter',
      'too_many_names',
      `More than ${matches_max} names match, and names are sealed in this workspace: write more of the name`,
    );
  return new NamedRecords(ids);
}

function conditionOf(field: string, op: string, value: unknown): (name: string) => boolean {
  const values = [value].flat();
  const isList = op === 'in' && Array.isArray(value);
  if (
    Array.isArray(value) !== isList ||
    values.length === 0 ||
    values.length > values_max ||
    !values.every((one): one is string => typeof one === 'string' && one.length <= value_characters_max)
  )
    throw invalidField(
      'filter',
      'invalid_value',
      `The value for "${field}" is a text, and for "in" a list of 1 to ${values_max}`,
    );
  const composed = new Set(values.map((one) => one.normalize('NFC')));
  const wanted = comparedText(values[0]!);
  if (op === 'contains') return (name) => comparedText(name).includes(wanted);
  if (op === 'starts_with') return (name) => comparedText(name).startsWith(wanted);
  return (name) => composed.has(name.normalize('NFC'));
}
