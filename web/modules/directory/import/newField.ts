import type { NewField } from '../../settings/custom-fields/customField.ts';
import type { ImportColumn } from './import.ts';

/** Of a label, and of each choice. */
const characters_max = 100;
/** What a whole number of a field can be at most. */
const integer_max = 2_147_483_647;

/** Kinds of columns that are types of fields; what else there is are texts. */
const types: ReadonlySet<string> = new Set(['integer', 'decimal', 'money', 'date', 'boolean', 'url']);

/** The field that a column would make, by its header and its values. */
export function fieldFrom({ name, kind, samples, choices }: ImportColumn, resource: string): NewField {
  const field = { resource, label: name.slice(0, characters_max), options: [] };
  if (choices?.every(({ length }) => length <= characters_max)) return { ...field, type: 'select', options: choices };
  const figures = samples.map((text) => Math.abs(Number(text.replace(/[^\d-]/g, ''))));
  if (kind === 'integer' && figures.some((figure) => figure > integer_max)) return { ...field, type: 'decimal' };
  return { ...field, type: types.has(kind) ? kind : 'text' };
}
