import { z } from 'zod';
import { deal } from '../deal/contract.ts';

const { stage_id, close_reason_id, amount, currency } = deal.update.shape;

/** Moves many deals to a stage, or gives them an amount, each as if it were changed by itself. */
export const setDeals = z.strictObject({
  kind: z.literal('set_deals'),
  stage_id,
  close_reason_id,
  amount,
  currency,
});
