import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { clientReview } from '../../../../src/modules/wealth/client-review/contract.ts';
import type { suitabilityProfile } from '../../../../src/modules/wealth/suitability-profile/contract.ts';

export type Review = RowOf<typeof clientReview>;
export type Suits = RowOf<typeof suitabilityProfile>;
