import { listQuery } from '../../src/kernel/contract/resource.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import { contact } from '../../src/modules/directory/contact/contract.ts';
import { type Bench, type Case, nth } from '../bench.ts';
import { compare } from '../compare.ts';
import type { Call } from '../load.ts';
import { assertIndexed } from '../plans.ts';

const query = (owner: string) => ({
  filter: JSON.stringify({ field: 'owner_id', op: 'eq', value: owner }),
  sort: 'name',
  limit: '50',
});

export const listCall = (owner: string): Call => ({
  method: 'GET',
  path: `/api/v1/contacts?${new URLSearchParams(query(owner))}`,
});

/** R1: a list of 50 contacts by name with owner and company, filtered by owner; each request another owner. */
export const r01: Case = {
  id: 'R1',
  sizes: 'all',
  measure: (bench: Bench) =>
    compare(bench, {
      id: 'R1',
      what: 'list 50 contacts by name with owner and company, one filter',
      latencyMax: 2,
      throughputMin: 0.5,
      holdfast: {
        target: bench.holdfast,
        work: (connection, i) => connection.send(listCall(nth(bench.samples.owners, i))),
      },
      reference: {
        target: bench.reference,
        work: (connection, i) =>
          connection.send({ method: 'GET', path: `/contacts?owner_id=${nth(bench.samples.owners, i)}` }),
      },
    }),
  checkPlans: (bench) =>
    assertIndexed(bench, bench.admin, ['contact_owner'], (ctx) =>
      listRows(ctx, contact, listQuery.parse(query(bench.samples.owners[0]!))),
    ),
};
