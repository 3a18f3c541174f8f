import type { ImportTarget } from '../../../platform/import/index.ts';
import { dealTarget } from './deal-target.ts';
import { productTarget } from './product-target.ts';

/** In the order in which they load where nothing else decides. */
export const salesTargets: readonly ImportTarget[] = [productTarget, dealTarget];
