import type { FastifyReply, FastifyRequest } from 'fastify';
import { invalidBy, with_input } from '../errors/field-errors.ts';
import { problems } from '../errors/problem.ts';
import { type AllowedMethods, pathOf, refusedAddress } from './allow.ts';
import { checkText } from './json.ts';
import { type Input, type Route, takesActingUserInAddress } from './route.ts';

/** The input of a request, checked by the contract of its route. */
export function readInput(
  definition: Route,
  allowed: AllowedMethods,
  request: FastifyRequest,
  reply: FastifyReply,
): Input {
  const params = readParams(definition, allowed, request);
  const query = parsePart(definition.query, checkedQuery(ownQuery(definition, request)), 'query');
  const body = parsePart(definition.body, request.body, 'body');
  return { params, query, body, ifMatch: parseIfMatch(request.headers['if-match']), request, reply } as Input;
}

/** The query without the acting user, who may be named in it. */
function ownQuery(definition: Route, { query }: FastifyRequest): unknown {
  if (!takesActingUserInAddress(definition)) return query;
  const { acting_user: _, ...own } = query as Record<string, unknown>;
  return own;
}

function readParams({ params }: Route, allowed: AllowedMethods, request: FastifyRequest): unknown {
  const parsed = params?.safeParse(request.params);
  if (!parsed || parsed.success) return parsed?.data;
  const methods = allowed(pathOf(request));
  // A malformed id names no record. But `GET /contacts/bulk`, which comes here as `/contacts/{id}`, is an address that
  // takes POST alone.
  throw methods.includes(request.method) ? problems.notFound() : refusedAddress(methods, request.method);
}

function parsePart(schema: Route['body'], value: unknown, part: 'query' | 'body'): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value, with_input);
  if (parsed.success) return parsed.data;
  if (part === 'body' && value === undefined) throw problems.malformed('A JSON body is needed.');
  throw invalidBy(parsed.error);
}

function checkedQuery(query: unknown): unknown {
  for (const [key, value] of Object.entries(query as Record<string, unknown>)) {
    if (typeof value === 'string') checkText(value, `The parameter "${key.slice(0, 60)}"`, key);
  }
  return query;
}

/** A proxy that compresses answers calls their ETags weak (`W/"3"`); the version is the same. */
function parseIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (!version)
    throw problems.malformed('If-Match takes the ETag of the record as it was answered, such as "3" with its quotes.');
  return Number(version);
}
