import { Coins, Gauge, Route, ThumbsUp } from 'lucide-react';
import type { ProductSettings, SettingsSection } from '../../platform/product/manifest.ts';
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

export const rights: ProductSettings['rights'] = {
  records: [
    { resource: 'dashboard', label: t('Dashboards') },
    { resource: 'sales_target', label: t('Targets') },
  ],
  vocabulary: [
    { resource: 'pipeline', label: t('Pipelines and stages') },
    { resource: 'scoring', label: t('Lead scoring') },
  ],
};

export const jobs: ProductSettings['jobs'] = {
  'dashboard.mail': t('Dashboards by e-mail'),
  'score.fit': t('Learning from won and lost deals'),
  'score.count': t('Count of won and lost deals'),
  'score.refresh': t('Scores of deals'),
};

export const things: ProductSettings['things'] = {
  deal_line: t('a product of a deal'),
  pipeline: t('a pipeline'),
  stage: t('a stage of a pipeline'),
  close_reason: t('a close reason'),
  currency_rate: t('a currency rate'),
  scoring_rule: t('a scoring rule'),
  dashboard: t('a dashboard'),
  dashboard_tile: t('a tile of a dashboard'),
  dashboard_mailing: t('a mailing of a dashboard'),
  sales_target: t('a target'),
};

export const named: ProductSettings['named'] = ['pipeline', 'stage', 'close_reason'];
