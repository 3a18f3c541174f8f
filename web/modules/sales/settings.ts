import { Coins, Gauge, Route, ThumbsUp } from 'lucide-react';
import type { SettingsSection } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

export const sections: readonly SettingsSection[] = [
  {
    id: 'pipelines',
    under: 'data',
    label: t('Pipelines'),
    icon: Route,
    resource: 'pipeline',
    Page: lazyPart(() => import('./pipeline/PipelinePage.tsx')),
  },
  {
    id: 'close-reasons',
    under: 'data',
    label: t('Close reasons'),
    icon: ThumbsUp,
    resource: 'pipeline',
    Page: lazyPart(() => import('./pipeline/CloseReasonPage.tsx')),
  },
  {
    id: 'currency-rates',
    under: 'data',
    label: t('Currency rates'),
    icon: Coins,
    resource: 'product',
    Page: lazyPart(() => import('./currency/CurrencyRatePage.tsx')),
  },
  {
    id: 'scoring',
    under: 'data',
    label: t('Lead scoring'),
    icon: Gauge,
    resource: 'scoring',
    Page: lazyPart(() => import('./scoring/ScoringPage.tsx')),
  },
];
