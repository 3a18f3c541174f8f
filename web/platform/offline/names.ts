import { t } from '../../text/text.ts';
import type { Resource } from '../query/resources.ts';
import { findDefinition } from '../record/definitions.ts';
import { type FieldDef, readField } from '../record/field.ts';
import { wordsOf } from '../record/recordTypes.ts';
import { textOf } from '../record/sheet/text.ts';
import type { Fields, PendingMutation } from './waiting.ts';

const find = (resource: Resource, name: string) => findDefinition(resource)?.fields.find(({ key }) => key === name);

/** A value as one reads it; `names` has what ids stand for. */
export function shownValue(resource: Resource, name: string, value: unknown, names: Fields): string {
  const field = find(resource, name);
  if (field) return textOf(field, named(field, value, names));
  if (Array.isArray(value)) return value.join(', ');
  return value === null || value === undefined ? '' : String(value);
}

function named(field: FieldDef, value: unknown, names: Fields): unknown {
  if (field.kind === 'tags' || field.kind === 'records') return names[field.key] ?? [];
  return field.kind === 'reference' && value !== null ? readField(names, field) : value;
}

export function titleOf(kind: PendingMutation['kind'], resource: Resource): string {
  const { type, newLabel } = wordsOf(resource);
  if (kind === 'create') return newLabel;
  if (kind === 'delete') return t('Delete {type}', { type });
  return t('Edit {type}', { type });
}
