import { activityFigureKinds } from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';
import { csvOf as linesOf, saveCsvFile } from '../../../ui/csv.ts';
import { saveFile } from '../../../ui/saveText.ts';
import { chartOptions } from './chartOptions.ts';
import type { DataRow, TileData } from './tileData.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels } from './words.ts';

interface Exported {
  title: string;
  note: string;
  data: TileData;
  tile: TileForm;
  target: number | null;
}

/** A picture of the chart as it stands there. */
export async function savePicture(kind: 'png' | 'svg', { title, note, data, tile, target }: Exported): Promise<void> {
  const { pictureOf } = await import('./drawing.ts');
  const blob = pictureOf(kind, { title, note, optionOf: (look) => chartOptions(data, tile, target, look) });
  saveFile(`${fileName(title)}.${kind}`, blob);
}

/** The figures as they are, unrounded, for a spreadsheet. */
export function saveCsv({ title, data, tile }: Exported): void {
  saveCsvFile(fileName(title), csvOf(data, tile));
}

const fileName = (title: string) =>
  title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase() || 'figures';

/** Amounts in the workspace's currency; those without a rate in columns of their own. */
export function csvOf(data: TileData, tile: TileForm): string {
  const kinds = tile.figure === 'activities' ? activityFigureKinds : [];
  const without = [
    ...new Set(data.rows.flatMap(({ total }) => (total?.without_rate ?? []).map(({ currency }) => currency))),
  ].sort();
  const figure = figureLabels[tile.figure];
  const head = [
    data.by,
    ...kinds.map((kind) => figureLabels[kind]),
    data.unit === 'money' ? `${figure} (${data.currency})` : figure,
    ...without.map((currency) => t('{figure} without a rate ({currency})', { figure, currency })),
    t('Records'),
  ];
  const line = (row: DataRow) => [
    row.label,
    ...kinds.map((kind) => String(row.parts?.[kind]?.count ?? 0)),
    row.total?.amount ?? (row.value === null ? '' : String(row.value)),
    ...without.map((code) => row.total?.without_rate.find(({ currency }) => currency === code)?.amount ?? ''),
    String(row.count),
  ];
  return linesOf([head, ...data.rows.map(line)]);
}
