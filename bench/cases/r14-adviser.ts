import { listQuery } from '../../src/kernel/contract/resource.ts';
import { listRows } from '../../src/kernel/resource/list.ts';
import { household } from '../../src/modules/wealth/household/contract.ts';
import type { Case } from '../bench.ts';
import { connections } from '../compare.ts';
import { firmOf } from '../dataset/wealth.ts';
import { limitFigure } from '../limit.ts';
import { Connection } from '../load.ts';
import { assertIndexed } from '../plans.ts';
import { percentile } from '../statistics.ts';

const list_ms_max = 50;

const lists: { id: string; what: string; query: Record<string, string> }[] = [
  { id: 'R14', what: 'by name', query: { sort: 'name', limit: '50' } },
  { id: 'R14.reviews', what: 'by next review', query: { sort: 'next_review_on', limit: '50' } },
  {
    id: 'R14.tier',
    what: 'by name, of one tier',
    query: {
      sort: 'name',
      limit: '50',
      filter: JSON.stringify({ field: 'tier', op: 'eq', value: 'gold' }),
    },
  },
];

/** R14: the households that an adviser sees, each of sixteen in a session of their own. */
export const r14: Case = {
  id: 'R14',
  sizes: 'largest',
  measure: async (bench) => {
    const { asAdvisers, households } = await firmOf(bench);
    const open = Array.from({ length: connections }, (_, n) => new Connection(asAdvisers, n));
    const values = lists.map((): number[] => []);
    for (let round = -1; round < bench.effort.rounds; round++)
      for (const [l, { query }] of lists.entries()) {
        const path = `/api/v1/households?${new URLSearchParams(query)}`;
        const taken: number[] = [];
        for (let n = 0; n < bench.effort.timesPerRound; n++)
          taken.push(await open[n % connections]!.time((c) => c.send({ method: 'GET', path })));
        // The first round opens sessions and lets compilers settle.
        if (round >= 0) values[l]!.push(percentile(taken, 0.95));
      }
    await Promise.all(open.map((connection) => connection.close()));
    return lists.map(({ id, what }, l) =>
      limitFigure({
        id,
        what: `an adviser's list of 50 of ${households.toLocaleString('en')} households ${what}, p95`,
        unit: 'ms',
        values: values[l]!,
        max: list_ms_max,
      }),
    );
  },
  checkPlans: async (bench) => {
    const { adviser } = await firmOf(bench);
    for (const { query } of lists)
      await assertIndexed(bench, adviser, [], (ctx) => listRows(ctx, household, listQuery.parse(query)));
  },
};
