import { z } from 'zod';
import { textPatterns } from '../contract/custom-field.ts';
import { definedResources, resourceNamed } from '../contract/resource.ts';
import type { CustomField, CustomFields, TenantFields } from '../resource/custom.ts';
import { valueSchema } from '../resource/custom-values.ts';

type Json = Record<string, unknown>;
interface Schema extends Json {
  properties: Json;
  required?: string[];
}
type Use = 'read' | 'create' | 'update';

/** The API document with a workspace's own fields where the general one says that `custom` holds anything. */
export function workspaceDocument(document: Json, fields: TenantFields): Json {
  const components = document.components as { schemas: Record<string, Schema> };
  const schemas = { ...components.schemas };
  for (const resource of definedResources()) {
    if (!resource.meta.has('custom')) continue;
    const own = fields.get(resource.name) ?? new Map();
    for (const [use, contract] of [
      ['read', resource.row],
      ['create', resource.create],
      ['update', resource.update],
    ] as const) {
      const id = contract.meta()!.id as string;
      if (schemas[id]) schemas[id] = withFields(schemas[id], own, use);
    }
  }
  return { ...document, components: { ...components, schemas } };
}

function withFields(schema: Schema, fields: CustomFields, use: Use): Schema {
  const shown = [...fields.values()].filter(({ changeable }) => use === 'read' || changeable);
  const needed = use === 'create' ? shown.filter(isNeeded).map(({ key }) => key) : [];
  const custom = {
    type: 'object',
    title: 'Custom fields',
    description: 'Values of the fields that this workspace has of its own, as far as the caller may see them',
    properties: Object.fromEntries(shown.map((field) => [field.key, property(field, use)])),
    additionalProperties: false,
    ...(needed.length > 0 && { required: needed }),
  };
  return {
    ...schema,
    properties: { ...schema.properties, custom },
    ...(needed.length > 0 && { required: [...(schema.required ?? []), 'custom'] }),
  };
}

const isNeeded = ({ required, has_default }: CustomField) => required && !has_default;

function property(field: CustomField, use: Use): Json {
  const words = { title: field.label, description: description(field) };
  // What was written before a bound was set stays as it is: of answers the bounds are said, not promised.
  if (use === 'read') return { ...words, ...typeOf(field), ...(!field.changeable && { readOnly: true }) };
  const value = { ...typeOf(field), ...boundsOf(field) };
  return { ...words, ...(field.required ? value : { anyOf: [value, { type: 'null' }] }) };
}

function typeOf(field: CustomField): Json {
  const { $schema, ...type } = z.toJSONSchema(valueSchema(field), { io: 'input' });
  return type;
}

/** Bounds of values that JSON writes as texts are for readers: JSON Schema compares only numbers and lengths. */
function boundsOf({ type, required, rules: { min, max, pattern } }: CustomField): Json {
  const [least, most] =
    type === 'integer'
      ? ['minimum', 'maximum']
      : type === 'text' || type === 'url'
        ? ['minLength', 'maxLength']
        : ['x-minimum', 'x-maximum'];
  const bound = (text: string) => (least.startsWith('x-') ? text : Number(text));
  return {
    ...(min !== undefined && { [least]: bound(min) }),
    ...(max !== undefined && { [most]: bound(max) }),
    ...(pattern && { pattern: textPatterns[pattern].expression.source }),
    ...(type === 'multi_select' && required && { minItems: 1 }),
  };
}

function description({ type, required, has_default, is_unique, rules }: CustomField): string {
  const unit = type === 'text' || type === 'url' ? ' characters' : '';
  return [
    kinds[type] ?? `Id of a ${resourceNamed(type)?.title ?? 'record'}`,
    rules.min !== undefined && `at least ${rules.min}${unit}`,
    rules.max !== undefined && `at most ${rules.max}${unit}`,
    rules.pattern && textPatterns[rules.pattern].message.replace(/^W/, 'w'),
    is_unique && 'no two records have the same',
    required && 'must be filled in',
    has_default && 'new records that do not say have a default',
  ]
    .filter(Boolean)
    .join('; ');
}

const kinds: Readonly<Record<string, string>> = {
  text: 'Text',
  integer: 'Whole number',
  decimal: 'Decimal number, as a text',
  money: 'Amount and its currency',
  date: 'Date',
  select: 'One of the choices',
  multi_select: 'Any of the choices',
  user: 'Id of a user',
  url: 'Web address',
  boolean: 'Yes or no',
};
