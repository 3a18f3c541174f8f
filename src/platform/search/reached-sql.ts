import { reachesRow, ruleOf } from '../../kernel/access/table-rule.ts';
import type { Resource } from '../../kernel/contract/resource.ts';

/** Which rows of a record type a caller reads, for functions that run as the system. */
export interface Reached {
  /**
   * The condition that a row `r` is among those that a caller reaches who does not reach all: each part of it is looked
   * up in an index.
   */
  reached: string;
  /** The columns that it compares. */
  compared: string;
  /**
   * What it compares with, as variables of the function; before them `workspace`, and whether the caller reaches all,
   * `everything`.
   */
  variables: string;
}

/** Who reaches all is not asked for whom. */
const unlessAll = (asked: string): string => `case when not everything then ${asked} end`;

/**
 * Rows are reached by their owner and through groups (kernel/access/table-rule.ts). A scope that asks for several kinds
 * of one row at once ("own&location") is rare: its rows are listed beforehand. `everything`: the condition that no row
 * has to be looked for by its owner or group.
 */
export function reachedOf(
  { name, table, owner, right }: Resource,
  everything = `app.scope('${right}', 'read') = 'all'`,
): Reached {
  const rule = ruleOf(name);
  const ways = rule?.reach ?? [];
  const variable = (kind: string) => `by_${kind}`;
  const parts = [
    ...(owner ? [`r.${owner} = any (owners)`] : []),
    ...ways.map(({ kind, column }) => `r.${column} = any (${variable(kind)})`),
    ...(ways.length > 0 ? ['r.id = any (by_several)'] : []),
  ];
  const columns = [...(owner ? [owner] : []), ...ways.map(({ column }) => column)].filter((column) => column !== 'id');
  const variables = [
    'workspace constant uuid := app.tenant_id();',
    `everything constant boolean := ${everything};`,
    ...(owner ? [`owners constant uuid[] := ${unlessAll(`app.scope_owners('${right}', 'read')`)};`] : []),
    ...ways.map(
      ({ kind }) =>
        `${variable(kind)} constant uuid[] := ${unlessAll(`app.scope_groups('${right}', 'read', '${name}', '${kind}')`)};`,
    ),
    ...(ways.length > 0
      ? [
          `by_several constant uuid[] := case when everything or app.mixed_scope('${right}', 'read') is null then '{}' else array(
    select r.id from ${table} r where r.tenant_id = workspace and (${reachesRow(right, 'read', { owner: owner ?? null, reach: ways, resource: name }, { alias: 'r.' })})) end;`,
        ]
      : []),
  ];
  return {
    reached: parts.length === 0 ? 'false' : parts.length === 1 ? parts[0]! : `(${parts.join(' or ')})`,
    compared: [...new Set(columns)].map((column) => `r.${column}, `).join(''),
    variables: variables.join('\n  '),
  };
}
