import { foldedName } from '../../kernel/contract/names.ts';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { type FieldError, problems } from '../../kernel/errors/problem.ts';
import type { KnownField } from './queries.ts';

const systemTitles = new Map([
  ['id', 'Id'],
  ['version', 'Version'],
  ['created_at', 'Created'],
  ['updated_at', 'Changed'],
  ['deleted_at', 'Deleted'],
  ['custom', 'Custom fields'],
]);

/** The names that a noun's own fields have, by what they are called in the API. */
function reservedNames(resource: string): Map<string, string> {
  const contract = resourceNamed(resource)!;
  return new Map([...systemTitles, ...[...contract.meta].map(([name, { title }]) => [name, title] as const)]);
}

interface Named {
  id?: string;
  key?: string;
  label: string;
}

/**
 * Throws when a new or renamed field is called as another is, of the noun's own or of the workspace's, the retired ones
 * too.
 */
export function checkNames(
  resource: string,
  known: readonly KnownField[],
  { id, key, label }: Named,
  path: string,
): void {
  const errors: FieldError[] = [];
  const reserved = reservedNames(resource);
  const others = known.filter((field) => field.id !== id);
  const sameKey = others.find((field) => field.key === key);
  if (sameKey) throw problems.duplicate(`${path}key`, taken(sameKey));
  if (key !== undefined && reserved.has(key))
    errors.push({
      field: `${path}key`,
      code: 'reserved',
      message: `"${key}" is a field that every ${resource} has. Choose another key`,
    });
  const title = [...reserved.values()].find((one) => foldedName(one) === foldedName(label));
  if (title)
    errors.push({
      field: `${path}label`,
      code: 'reserved',
      message: `"${title}" is a field that every ${resource} has. Choose another name`,
    });
  const sameLabel = others.find((field) => foldedName(field.label) === foldedName(label));
  if (sameLabel) errors.push({ field: `${path}label`, code: 'duplicate', message: taken(sameLabel) });
  if (errors.length > 0) throw problems.invalid(errors);
}

const taken = ({ label, key, retired }: KnownField) =>
  retired
    ? `The retired field "${label}" (${key}) has this name. Take it back into use, or choose another`
    : `The field "${label}" (${key}) has this name. Choose another`;
