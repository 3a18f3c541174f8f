import type { ImportTarget } from '../../../platform/import/index.ts';
import { companyTarget } from './company-target.ts';
import { contactTarget } from './contact-target.ts';

export { entryTargets } from './entry-targets.ts';
export { companyTarget, contactTarget };

/** In the order in which they load where nothing else decides. */
export const directoryTargets: readonly ImportTarget[] = [companyTarget, contactTarget];
