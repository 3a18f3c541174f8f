import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ClosedDeal } from './facts.ts';
import { fitModel } from './model.ts';
import { forgetModels, insertModel } from './model-queries.ts';
import { closedDeals, countClosed, type KnownDeal, lockScores } from './queries.ts';
import { refreshAll } from './refresh.ts';

/** The most recent closed deals, which are enough to fit a model and fit in memory. */
const fitted_deals_max = 20_000;
const models_kept = 30;

/** Fits a model on the closed deals, stores it unless it equals the last one, and has all deals scored again. */
export async function refit(ctx: Context): Promise<void> {
  await lockScores(ctx);
  // Counted before the deals are read, so that deals closed in between count as new.
  const closed = await countClosed(ctx);
  const result = fitModel((await closedDeals(ctx, fitted_deals_max)).map(closedDeal));
  const model = {
    verdict: result.verdict,
    ...closed,
    judgement: 'judgement' in result ? result.judgement : null,
    spec: 'spec' in result ? result.spec : null,
  };
  await insertModel(ctx, model);
  await forgetModels(ctx, models_kept);
  await refreshAll(ctx);
}

/**
 * A closed deal with its facts from when it was open; for a deal that was never open here, with those facts that cannot
 * come from the closing.
 */
function closedDeal({ id, status, closed_on, known, now }: KnownDeal): ClosedDeal {
  return { id, won: status === 'won', closed_on: closed_on!, facts: known ?? now };
}
