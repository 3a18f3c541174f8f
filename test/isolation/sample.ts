import { z } from 'zod';

type Json = { [key: string]: unknown };

/** A small value that a schema takes, with ids that name nothing; enough to get past the validation of most routes. */
export function sampleOf(schema: z.ZodType): unknown {
  return sample(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json, undefined);
}

function sample(schema: Json, root: Json | undefined): unknown {
  const top = root ?? schema;
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1)!;
    return sample((top.$defs as Record<string, Json>)[name]!, top);
  }
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices) return sample(choices[0]!, top);
  if (schema.type === 'object') return sampleObject(schema, top);
  if (schema.type === 'array')
    return Array.from({ length: (schema.minItems as number | undefined) ?? 0 }, () =>
      sample(schema.items as Json, top),
    );
  if (schema.type === 'integer' || schema.type === 'number')
    return Math.max(1, (schema.minimum as number | undefined) ?? 1);
  if (schema.type === 'boolean') return true;
  return schema.type === 'string' ? sampleText(schema) : null;
}

function sampleObject(schema: Json, top: Json): Json {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const needed = (schema.required ?? []) as string[];
  return Object.fromEntries(needed.map((name) => [name, sample(properties[name]!, top)]));
}

const texts: Record<string, string> = {
  uuid: crypto.randomUUID(),
  email: 'someone@example.com',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uri: 'https://example.com',
};

function sampleText({ format, minLength, pattern }: Json): string {
  if (typeof format === 'string' && texts[format]) return texts[format];
  if (pattern === '^[A-Z]{3}$') return 'USD';
  return 'sample'.padEnd((minLength as number | undefined) ?? 0, 'x');
}
