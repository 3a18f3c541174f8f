import type { Filter } from './filter.ts';

/**
 * Whether it is put together as a filter is: an address may hold anything. What its fields and values are, the server
 * says.
 */
export function isFilter(value: unknown): value is Filter {
  if (typeof value !== 'object' || value === null) return false;
  const { and, or, any, none, where, field, op } = value as Record<string, unknown>;
  const parts = and ?? or;
  if (parts !== undefined) return Array.isArray(parts) && parts.every(isFilter);
  const name = any ?? none;
  if (name !== undefined) return typeof name === 'string' && (where === undefined || isFilter(where));
  return typeof field === 'string' && typeof op === 'string';
}
