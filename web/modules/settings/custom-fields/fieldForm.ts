import type { CustomField } from './customField.ts';

export const uniqueTypes = ['text', 'integer', 'decimal', 'date', 'url'];

type Values = Record<string, unknown>;

/** Their default has an input of its own. */
const typed: ReadonlySet<string> = new Set(['date', 'boolean', 'integer', 'decimal']);

/** What the form of a field begins with. */
export function startOf(field?: CustomField): Values {
  if (!field) return { resource: 'contact', type: 'text', required: false, is_unique: false };
  const { rules, default_value, type } = field;
  const bound = (side: 'min' | 'max') => ({ [inputOf(`rules.${side}`, type)]: rules[side] ?? null });
  return {
    ...field,
    ...bound('min'),
    ...bound('max'),
    pattern: rules.pattern ?? null,
    default_value: typed.has(type) ? null : default_value,
    default_number: type === 'integer' || type === 'decimal' ? default_value : null,
    default_date: type === 'date' ? default_value : null,
    default_boolean: type === 'boolean' && default_value !== null ? String(default_value) : null,
    visible_to: field.visible_to ?? [],
    editable_by: field.editable_by ?? [],
  };
}

const given = (value: unknown): string | undefined =>
  value === null || value === undefined || value === '' ? undefined : String(value).trim();

/** The input of what the API calls so: bounds and defaults have one of their own for some types. */
export function inputOf(name: string, type: string): string {
  const side = name.slice('rules.'.length);
  if (name === 'rules.min' || name === 'rules.max') {
    if (type === 'date') return `${side}_date`;
    return type === 'text' || type === 'url' ? `${side}_length` : side;
  }
  if (name === 'rules.pattern') return 'pattern';
  if (name !== 'default_value' || !typed.has(type)) return name;
  return type === 'date' || type === 'boolean' ? `default_${type}` : 'default_number';
}

/** What the API takes, from what the form holds. `taken`: keys that other fields of the record type have. */
export function bodyOf(form: Values, field?: CustomField, taken: ReadonlySet<string> = new Set()): Values {
  const { label, resource, type, key, options, required, is_unique } = form;
  const rules = Object.fromEntries(
    Object.entries({
      min: given(form.min) ?? given(form.min_date) ?? given(form.min_length),
      max: given(form.max) ?? given(form.max_date) ?? given(form.max_length),
      pattern: given(form.pattern),
    }).filter(([, value]) => value !== undefined),
  );
  // Without a role a field is for everybody (null), or still for nobody but who manages custom fields, if it was so
  // before.
  const roles = (key: 'visible_to' | 'editable_by') =>
    (form[key] as string[] | undefined)?.length ? form[key] : field?.[key]?.length === 0 ? [] : null;
  const body: Values = {
    label,
    required: required === true,
    is_unique: is_unique === true,
    rules,
    // Kinds of defaults that the form does not know stay as they are.
    ...(!field || shapes.has(String(type)) ? { default_value: defaultOf(form) } : {}),
    ...('visible_to' in form && { visible_to: roles('visible_to'), editable_by: roles('editable_by') }),
    ...(options !== undefined && { options }),
  };
  return field ? body : { ...body, resource, type, key: given(key) ?? freeKey(String(label ?? ''), taken) };
}

const shapes = new Set(['text', 'url', 'integer', 'decimal', 'select', 'date', 'boolean']);

function defaultOf(form: Values): unknown {
  if (form.type === 'boolean')
    return given(form.default_boolean) === undefined ? null : form.default_boolean === 'true';
  const text = given(form.default_value) ?? given(form.default_number) ?? given(form.default_date);
  if (text === undefined) return null;
  return form.type === 'integer' && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** "Größe (cm)" is `grosse_cm`: what the API takes for a key. */
export function keyFrom(label: string): string {
  const plain = label
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 60);
  return /^[a-z]/.test(plain) ? plain : `field_${plain}`.replace(/_$/, '');
}

/** The key of a new field, which is made of its name: names in other scripts than Latin all give the same. */
export function freeKey(label: string, taken: ReadonlySet<string>): string {
  const key = keyFrom(label);
  let free = key;
  for (let n = 2; taken.has(free); n++) free = `${key.slice(0, 50)}_${n}`;
  return free;
}
