import type { Filter } from '../../../kernel/resource/filter.ts';
import type { DashboardQuery } from './contract.ts';

type Part = Filter | undefined;

const nobody = '00000000-0000-0000-0000-000000000000';

export const equal = (field: string, value: string): Filter => ({ field, op: 'eq', value });

/** All of the given conditions; undefined when there are none. */
export function allOf(...parts: Part[]): Part {
  const given = parts.filter((part) => part !== undefined).flatMap((part) => ('and' in part ? part.and : [part]));
  return given.length > 1 ? { and: given } : given[0];
}

/** Whose records the figures are about. */
export function ownerFilter({ owner_id }: DashboardQuery, team: string[] | undefined): Part {
  const members: Part = team && { field: 'owner_id', op: 'in', value: team.length > 0 ? team : [nobody] };
  return allOf(owner_id === undefined ? undefined : equal('owner_id', owner_id), members);
}

/** Which deals the figures are about, whenever they were closed. */
export function dealFilter(query: DashboardQuery, team: string[] | undefined): Part {
  return allOf(
    ownerFilter(query, team),
    query.pipeline_id === undefined ? undefined : equal('pipeline_id', query.pipeline_id),
    query.product_id === undefined ? undefined : { field: 'lines', op: 'has', value: query.product_id },
  );
}

export function closedWithin({ from, to }: { from?: string | undefined; to?: string | undefined }): Part {
  if (from !== undefined && to !== undefined) return { field: 'closed_on', op: 'between', value: [from, to] };
  if (from !== undefined) return { field: 'closed_on', op: 'gte', value: from };
  return to === undefined ? undefined : { field: 'closed_on', op: 'lte', value: to };
}

/** Deals with a value in a field, or without any. */
export const oneOrNone = (field: string, op: 'eq' | 'has', value: string | null): Filter =>
  value === null ? { field, op: 'is_empty' } : { field, op, value };
