import type { Consumer } from '../../../kernel/feed/consumer.ts';
import { enqueueMany } from '../../../kernel/jobs/queue.ts';
import { dealsOf } from './queries.ts';
import { batch_deals_max, refresh, refresh_kind, refreshAll } from './refresh.ts';

/**
 * When more deals are affected than this, all of the workspace are scored: companies and contacts may have any number
 * of deals.
 */
const deals_max = 10_000;

/** Scores deals again when they change, or something that their score depends on. */
export const scoreConsumer: Consumer = {
  name: 'scores',
  version: 2,
  events: [
    'deal.create',
    'deal.update',
    'deal_line.create',
    'deal_line.update',
    'deal_line.delete',
    'record_tag.create',
    'record_tag.delete',
    'company.update',
    'contact.update',
    'scoring_rule.create',
    'scoring_rule.update',
    'scoring_rule.delete',
  ],
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => {
    const ids = await dealsOf(ctx, events, deals_max);
    if (ids.length >= deals_max || events.some(({ resource }) => resource === 'scoring_rule')) await refreshAll(ctx);
    else if (ids.length <= batch_deals_max) await refresh(ctx, ids);
    else await enqueueMany(ctx, refresh_kind, batches(ids));
  },
};

const batches = (ids: readonly string[]): { ids: string[] }[] =>
  Array.from({ length: Math.ceil(ids.length / batch_deals_max) }, (_, n) => ({
    ids: ids.slice(n * batch_deals_max, (n + 1) * batch_deals_max),
  }));
