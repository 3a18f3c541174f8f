import { listQuery } from '../../src/kernel/contract/resource.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { type Bench, type Case, nth } from '../bench.ts';
import { compare } from '../compare.ts';
import type { Figure } from '../figure.ts';
import type { Call } from '../load.ts';
import { assertIndexed } from '../plans.ts';

interface List {
  id: string;
  what: string;
  sort: 'name' | '-updated_at' | 'custom.points';
  /** Only the contacts of one owner, each request another. */
  ofOwner: boolean;
  /** An index that the plan has to use. */
  index: string;
}

const lists: List[] = [
  { id: 'R1.name', what: 'by name', sort: 'name', ofOwner: false, index: 'contact_name' },
  { id: 'R1.name.filtered', what: 'by name, one filter', sort: 'name', ofOwner: true, index: 'contact_owner' },
  { id: 'R1.changed', what: 'by last change', sort: '-updated_at', ofOwner: false, index: 'contact_changed' },
  {
    id: 'R1.changed.filtered',
    what: 'by last change, one filter',
    sort: '-updated_at',
    ofOwner: true,
    index: 'contact_owner_changed',
  },
  { id: 'R1.custom', what: 'by a custom field', sort: 'custom.points', ofOwner: false, index: 'custom_value_listed' },
  {
    id: 'R1.custom.filtered',
    what: 'by a custom field, one filter',
    sort: 'custom.points',
    ofOwner: true,
    index: 'custom_value_owned',
  },
];

const queryOf = ({ sort, ofOwner }: Pick<List, 'sort' | 'ofOwner'>, owner: string) => ({
  ...(ofOwner && { filter: JSON.stringify({ field: 'owner_id', op: 'eq', value: owner }) }),
  sort,
  limit: '50',
});

const callOf = (list: Pick<List, 'sort' | 'ofOwner'>, owner: string): Call => ({
  method: 'GET',
  path: `/api/v1/contacts?${new URLSearchParams(queryOf(list, owner))}`,
});

/** The list that other cases measure beside their own work. */
export const listCall = (owner: string): Call => callOf({ sort: 'name', ofOwner: true }, owner);

function referenceCall({ sort, ofOwner }: List, owner: string): Call {
  const query = { sort: sort.replace('custom.', ''), ...(ofOwner && { owner_id: owner }) };
  return { method: 'GET', path: `/contacts?${new URLSearchParams(query)}` };
}

function measureList(bench: Bench, list: List): Promise<Figure[]> {
  const owner = (i: number) => nth(bench.samples.owners, i);
  const ofCustom = list.sort.startsWith('custom.');
  return compare(bench, {
    id: list.id,
    what: `list 50 contacts ${list.what}, with owner and company`,
    latencyMax: ofCustom ? 2.2 : 2,
    throughputMin: ofCustom ? 0.43 : 0.5,
    holdfast: {
      target: bench.holdfastAsPeople,
      work: (connection, i) => connection.send(callOf(list, owner(i))),
    },
    reference: {
      target: bench.reference,
      work: (connection, i) => connection.send(referenceCall(list, owner(i))),
    },
  });
}

/**
 * R1: lists of 50 contacts with owner and company, in three orders, without a filter and with one, asked for by sixteen
 * people.
 */
export const r01: Case = {
  id: 'R1',
  sizes: 'all',
  states: 'both',
  measure: async (bench) => {
    const figures: Figure[] = [];
    for (const list of lists) figures.push(...(await measureList(bench, list)));
    return figures;
  },
  checkPlans: async (bench) => {
    for (const list of lists)
      await assertIndexed(bench, bench.admin, [list.index], (ctx) =>
        listRows(ctx, contact, listQuery.parse(queryOf(list, bench.samples.owners[0]!))),
      );
  },
};
