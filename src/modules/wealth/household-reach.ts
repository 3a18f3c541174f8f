import { type Reach, reachesRow, type TableRule } from '../../kernel/access/table-rule.ts';

/** Who advises which household: people by themselves, and those of a team, each in a period. */
export const advisers = {
  table: 'household_adviser_person',
  member: 'user_id',
  group: 'household_id',
  from: 'from_on',
  until: 'until_on',
  madeOf: ['household_adviser'],
} as const satisfies Reach['members'];

/** Rows that name their household. */
export const byHousehold = (column = 'household_id'): Reach => ({ kind: 'household', column, members: advisers });

/** The policies of what is part of a household: whoever may change the household may add, change and remove it. */
export function partOfHousehold(resource: string, way: Reach = byHousehold()): Partial<TableRule['rows']> {
  const mayChange = `(${reachesRow('household', 'update', { owner: null, reach: [way], resource })})`;
  return { append: mayChange, change: mayChange, remove: mayChange };
}
