import { z } from 'zod';
import { scopes } from '../access/rights.ts';
import { errors_max } from '../errors/problem.ts';
import { goodStatus, type Route, takesActingUserInAddress } from '../http/route.ts';

type Json = Record<string, unknown>;

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      maxItems: errors_max,
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
    more_errors: { type: 'integer', description: 'How many errors were found beyond those in `errors`' },
  },
};

/** The OpenAPI 3.1 document of the given routes, from the same contracts that check requests and answers. */
export function openApiDocument(routes: Route[], version: string): Json {
  const schemas: Json = { Problem: problem };
  const paths: Record<string, Json> = {};
  for (const definition of routes) {
    paths[definition.path] ??= {};
    paths[definition.path]![definition.method.toLowerCase()] = operation(definition, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version,
      description: 'Lists, errors, ETags and idempotency keys work the same on every address; see docs/api.md.',
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: hf_…' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-holdfast' },
      },
    },
  };
}

function operation(definition: Route, schemas: Json): Json {
  const { access } = definition;
  const right = typeof access === 'object' ? access : undefined;
  return {
    operationId: operationId(definition),
    summary: definition.summary,
    tags: [definition.tag],
    ...(access === 'public' && { security: [] }),
    ...(access === 'operator' && {
      description: 'For operators of the installation, signed in with a session.',
      security: [{ session: [] }],
    }),
    ...(right && {
      description: `Needs the right to ${right.action} "${right.resource}" (${scopes.slice(1).join(', ')}).`,
      'x-right': right,
    }),
    parameters: [
      ...parameters(definition.params, 'path', schemas),
      ...parameters(definition.query, 'query', schemas),
      ...ofEveryRoute(definition),
    ],
    ...((definition.body || definition.uploads) && {
      requestBody: {
        required: true,
        content: {
          ...(definition.body && { 'application/json': { schema: toSchema(definition.body, 'input', schemas) } }),
          ...(definition.uploads && { 'multipart/form-data': { schema: uploadOf(definition.uploads) } }),
        },
      },
    }),
    responses: {
      [goodStatus(definition)]: { description: 'Done', ...goodContent(definition, schemas) },
      ...Object.fromEntries(
        Object.entries(definition.otherStatuses ?? {}).map(([status, description]) => [
          status,
          { description, ...(status !== '304' && goodContent(definition, schemas)) },
        ]),
      ),
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function goodContent({ response, produces }: Route, schemas: Json): Json {
  if (response) return { content: { 'application/json': { schema: toSchema(response, 'output', schemas) } } };
  return produces ? { content: { [produces]: {} } } : {};
}

const uploadOf = (part: string): Json => ({
  type: 'object',
  properties: { [part]: { type: 'string', contentMediaType: 'application/octet-stream' } },
  required: [part],
});

function operationId(definition: Route): string {
  const words = definition.path
    .replace('/api/v1/', '')
    .replace(/\{(\w+)\}/g, 'by_$1')
    .split(/[/_-]/);
  return [definition.method.toLowerCase(), ...words]
    .map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function parameters(schema: z.ZodType | undefined, location: 'path' | 'query', schemas: Json): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input', schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: location,
    required: location === 'path' || required.includes(name),
    schema: property,
  }));
}

/** Headers, and a parameter, that routes take beside those of their own. */
export function ofEveryRoute(definition: Route): Json[] {
  const string = { type: 'string' };
  const found: Json[] = [];
  const isRepeatable = definition.transaction !== false && /^(POST|PATCH)$/.test(definition.method);
  if (isRepeatable) found.push({ name: 'Idempotency-Key', in: 'header', schema: { ...string, maxLength: 255 } });
  if (definition.heedsIfMatch) found.push({ name: 'If-Match', in: 'header', schema: { ...string, maxLength: 13 } });
  const user = { ...string, format: 'uuid' };
  if (definition.access !== 'public') found.push({ name: 'Acting-User', in: 'header', schema: user });
  if (takesActingUserInAddress(definition)) found.push({ name: 'acting_user', in: 'query', schema: user });
  return found;
}

const owners = new Map<string, z.ZodType>();

/** A Zod schema as JSON Schema; those with an id become components and are referred to. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const { $schema, $defs, ...converted } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Ours, for the program; titles and types say the same to readers.
      delete (jsonSchema as Json).field;
    },
  }) as Json & { $defs?: Json };
  Object.assign(schemas, $defs);
  const { id } = converted;
  const moved = JSON.parse(JSON.stringify(converted).replaceAll('#/$defs/', '#/components/schemas/')) as Json;
  for (const [name, definition] of Object.entries($defs ?? {})) {
    schemas[name] = JSON.parse(JSON.stringify(definition).replaceAll('#/$defs/', '#/components/schemas/'));
  }
  if (typeof id !== 'string') return moved;
  const owner = owners.get(id) ?? schema;
  if (owner !== schema) throw new Error(`Two schemas of the API are called ${id}: one would stand for both`);
  owners.set(id, schema);
  schemas[id] = moved;
  return { $ref: `#/components/schemas/${id}` };
}
