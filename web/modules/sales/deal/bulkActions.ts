import { CircleDollarSign, MoveRight } from 'lucide-react';
import type { OwnBulkAction } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';

/** Moves deals to a stage, or gives them an amount. */
export const setDeals: OwnBulkAction = {
  label: t('Move'),
  icon: MoveRight,
  right: ['deal', 'update'],
  Dialog: lazyPart(() => import('./SetDealsDialog.tsx')),
};

/** A deal for each of the people or companies. */
export const addToPipeline: OwnBulkAction = {
  label: t('Add to pipeline'),
  icon: CircleDollarSign,
  right: ['deal', 'create'],
  makes: { kind: 'start_deals', resource: 'deal' },
  Dialog: lazyPart(() => import('./StartDealsDialog.tsx')),
};
