/** What of the requests that the API document describes has no maximum. */

type Schema = Record<string, unknown>;

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

interface Operation {
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Of texts in these forms the form says how long they may be. */
const bounded_formats = new Set(['uuid', 'date']);

const plain_types = new Set<unknown>(['number', 'integer', 'boolean', 'null']);

/**
 * A line for each string, list, map or free value without a maximum, by where it stands: `POST /api/v1/contacts
 * body.tags[]: no maxLength`.
 */
export function unboundedIn({ paths, components }: Document): string[] {
  const found: string[] = [];
  for (const [path, operations] of Object.entries(paths))
    for (const [method, { parameters, requestBody }] of Object.entries(operations)) {
      const at = `${method.toUpperCase()} ${path}`;
      for (const { name, in: place, schema } of parameters) look(schema, `${at} ${place}.${name}`, []);
      const body = requestBody?.content['application/json']?.schema;
      if (body) look(body, `${at} body`, []);
    }
  return found;

  /** `open`: the named schemas around. */
  function look(schema: Schema, at: string, open: string[]): void {
    if (schema.$ref) {
      const name = String(schema.$ref).slice('#/components/schemas/'.length);
      if (open.includes(name)) found.push(`${at}: ${name} holds itself, as deep as one likes`);
      else look({ ...components.schemas[name], ...schema, $ref: undefined }, at, [...open, name]);
      return;
    }
    const parts = ['anyOf', 'oneOf', 'allOf'].flatMap((kind) => (schema[kind] ?? []) as Schema[]);
    for (const part of parts) look(part, at, open);
    if (parts.length > 0 || schema.const !== undefined || schema.enum) return;
    // A value of any form that is checked as a whole.
    if (typeof schema['x-max-characters'] === 'number' && typeof schema['x-max-depth'] === 'number') return;
    for (const type of [schema.type].flat()) lookAs(type, schema, at, open);
  }

  function lookAs(type: unknown, schema: Schema, at: string, open: string[]): void {
    const need = (limit: string) => {
      if (typeof schema[limit] !== 'number') found.push(`${at}: no ${limit}`);
    };
    if (type === 'string') {
      if (!bounded_formats.has(String(schema.format))) need('maxLength');
    } else if (type === 'array') {
      need('maxItems');
      look((schema.items ?? {}) as Schema, `${at}[]`, open);
    } else if (type === 'object') {
      const { properties = {}, propertyNames, additionalProperties } = schema as Record<string, Schema>;
      for (const [name, each] of Object.entries(properties!)) look(each as Schema, `${at}.${name}`, open);
      if (additionalProperties === undefined || (additionalProperties as unknown) === false) return;
      // A map of which the contract says all keys has no more of them.
      if (!propertyNames?.enum) need('maxProperties');
      look(propertyNames ?? { type: 'string' }, `${at}.{key}`, open);
      look(additionalProperties, `${at}.{value}`, open);
    } else if (!plain_types.has(type)) found.push(`${at}: a value of any form`);
  }
}
