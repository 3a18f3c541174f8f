import type { HomePart } from '../../../platform/product/manifest.ts';
import { ClosingSoon } from './ClosingSoon.tsx';
import { MyDeals } from './MyDeals.tsx';

export const homeParts: readonly HomePart[] = [
  { slot: 'figures', resource: 'dashboard', Part: MyDeals },
  { slot: 'side', resource: 'deal', Part: ClosingSoon },
];
