import type { FileFormat, ImportTarget } from '../../../platform/import/index.ts';
import { addressBook } from './address-book/format.ts';
import { cards } from './cards.ts';
import { companyTarget } from './company-target.ts';
import { contactTarget } from './contact-target.ts';

export { companyNames } from './company-names.ts';
export { entryTargets } from './entry-targets.ts';
export { companyTarget, contactTarget };

/** In the order in which they load where nothing else decides. */
export const directoryTargets: readonly ImportTarget[] = [companyTarget, contactTarget];

/** Those that are quick to recognise come first. */
export const directoryFormats: readonly FileFormat[] = [cards, addressBook];
