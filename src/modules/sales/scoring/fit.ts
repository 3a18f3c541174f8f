import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ClosedDeal } from './facts.ts';
import { fitModel } from './model.ts';
import { forgetModels, insertModel } from './model-queries.ts';
import { closedDeals, countClosed, type KnownDeal, lockScores, makeAllDue } from './queries.ts';

/** The latest of them: enough to learn from, few enough to be held in memory. */
const learnt_deals_max = 20_000;
const models_kept = 30;

/** Fits a model on what is closed by now, keeps what came of it unless it is what is known already, and has all deals scored anew. */
export async function fitAnew(ctx: Context): Promise<void> {
  await lockScores(ctx);
  // Before the deals themselves: what is closed in between then counts as new, not as learnt from.
  const closed = await countClosed(ctx);
  const fitting = fitModel((await closedDeals(ctx, learnt_deals_max)).map(closedDeal));
  const model = {
    verdict: fitting.verdict,
    ...closed,
    judgement: 'judgement' in fitting ? fitting.judgement : null,
    spec: 'spec' in fitting ? fitting.spec : null,
  };
  await insertModel(ctx, model);
  await forgetModels(ctx, models_kept);
  await makeAllDue(ctx);
}

/** As it was known while it was open; of one that came closed, what cannot have come with the closing. */
function closedDeal({ id, status, closed_on, known, now }: KnownDeal): ClosedDeal {
  return { id, won: status === 'won', closed_on: closed_on!, facts: known ?? now };
}
