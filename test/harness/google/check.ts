import { readFileSync } from 'node:fs';
import type { Facts, MethodFacts } from './discovery.ts';

const facts = JSON.parse(readFileSync(new URL('facts.json', import.meta.url), 'utf8')) as Facts;

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`);
const routes = facts.methods.map((method) => ({ method, pattern: patternOf(method.path) }));

/** The method of Google's that a request asks for, by its discovery document. */
export function methodOf(verb: string, path: string): { method: MethodFacts; params: string[] } | undefined {
  for (const { method, pattern } of routes) {
    const found = method.method === verb ? pattern.exec(path) : null;
    if (found) return { method, params: found.slice(1).map((part) => decodeURIComponent(part)) };
  }
  return undefined;
}

/** What a request or an answer names that the discovery document does not know. */
export function unknownFields(schema: string | null, value: unknown, at = ''): string[] {
  if (value === undefined || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((each) => unknownFields(schema, each, at));
  if (schema === null) return [`${at || 'a body'}: there is none`];
  const fields = facts.schemas[schema] ?? {};
  return Object.entries(value).flatMap(([name, of]) => {
    if (!(name in fields)) return [`${at}${name}: ${schema} has no such field`];
    return fields[name] === null ? [] : unknownFields(fields[name]!, of, `${at}${name}.`);
  });
}
