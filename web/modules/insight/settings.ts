import type { ProductSettings } from '../../platform/product/manifest.ts';
import { t } from '../../text/text.ts';

export const sections: ProductSettings['sections'] = [];

export const jobs: ProductSettings['jobs'] = {
  'meaning.learn': t('Learning what words mean here'),
  'meaning.embed': t('Preparing texts for search by meaning'),
};
