import { BrainCircuit } from 'lucide-react';
import type { ProductSettings } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

export const sections: ProductSettings['sections'] = [
  {
    id: 'language-model',
    under: 'system',
    label: t('Language model'),
    icon: BrainCircuit,
    resource: 'tenant',
    Page: lazyPart(() => import('./language-model/LanguageModelPage.tsx')),
  },
];

export const jobs: ProductSettings['jobs'] = {
  'meaning.learn': t('Learning what words mean here'),
  'meaning.embed': t('Preparing texts for search by meaning'),
  'language_model.tidy': t('Forgetting old calls of the language model'),
};

export const things: ProductSettings['things'] = { language_model: t('the language model') };
