import type { Spread } from './statistics.ts';

/** A row of the table. */
export interface Figure {
  id: string;
  what: string;
  holdfast: string;
  /** What it is compared with; null when the bar is absolute. */
  reference: string | null;
  ratio: number | null;
  /** Empty for a figure without a limit. */
  bar: string;
  met: boolean;
}

/** Three significant digits, which is the precision of a noisy machine. */
export function digits(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
}

export const withSpread = ({ median, min, max }: Spread, unit: string): string =>
  `${digits(median)} ${unit} (${digits(min)}–${digits(max)})`;

export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map((f) => [
    f.id,
    f.what,
    f.holdfast,
    f.reference ?? '',
    f.ratio === null ? '' : `${digits(f.ratio)}x`,
    f.bar,
    f.bar === '' ? '' : f.met ? 'met' : '**not met**',
  ]);
  const head = ['id', 'what', 'Holdfast', 'reference', 'ratio', 'bar', ''];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
