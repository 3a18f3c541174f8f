import type { ChartForm, Grouping, PeriodUnit, Range, TileFigure } from '../figures/contract.ts';

/** Without schemas, so that the page can have it for little: it draws what the e-mails list. */

export interface OverviewTile {
  id: string;
  title: null;
  figure: TileFigure;
  grouping: Grouping;
  custom_key: null;
  chart: ChartForm;
  range: Range;
  period: PeriodUnit;
  filter: Record<string, never>;
  width: number;
  height: number;
}

type Short = Pick<OverviewTile, 'figure'> & Partial<OverviewTile>;

const number = (tile: Short): Short => ({ grouping: 'none', chart: 'number', width: 1, height: 1, ...tile });

/** What everybody has before somebody puts together a dashboard of their own. */
export const overview: readonly OverviewTile[] = [
  number({ figure: 'open_value' }),
  number({ figure: 'weighted_value' }),
  number({ figure: 'won_value' }),
  number({ figure: 'win_rate' }),
  { figure: 'won_value', grouping: 'period', chart: 'bar', width: 3 } as const,
  { figure: 'conversion', grouping: 'stage', chart: 'funnel', width: 1 } as const,
  { figure: 'open_value', grouping: 'stage', chart: 'bar' } as const,
  { figure: 'weighted_value', grouping: 'period', chart: 'bar' } as const,
  { figure: 'won_value', grouping: 'owner', chart: 'bar' } as const,
  { figure: 'won_value', grouping: 'team', chart: 'bar' } as const,
  { figure: 'won_value', grouping: 'product', chart: 'bar' } as const,
  { figure: 'won_value', grouping: 'region', chart: 'bar' } as const,
  { figure: 'activities', grouping: 'period', chart: 'bar', width: 3 } as const,
  { figure: 'activities', grouping: 'owner', chart: 'bar', width: 1 } as const,
  number({ figure: 'cycle_days' }),
  number({ figure: 'lost_value' }),
  number({ figure: 'contacts' }),
  number({ figure: 'companies' }),
].map((tile) => ({
  title: null,
  grouping: 'none',
  custom_key: null,
  chart: 'number',
  range: 'last_12_months',
  period: 'month',
  filter: {},
  width: 2,
  height: 2,
  ...tile,
  id: `${tile.figure}-${tile.grouping ?? 'none'}`,
}));
