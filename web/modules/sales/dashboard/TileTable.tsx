import { activityFigureKinds, type TileFigure } from '../../../../src/modules/sales/figures/contract.ts';
import { Total } from '../../../platform/record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import type { Rows } from './dashboard.ts';
import { RowsLink } from './RowsLink.tsx';
import { type Cell, type DataRow, type TileData, valueText } from './tileData.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels } from './words.ts';

const cell = 'px-2 py-1.5 text-end whitespace-nowrap';
/** Hidden in a narrow tile, where the figure itself needs the room. */
const aside = '@max-sm:hidden';

interface TileTableProps {
  title: string;
  data: TileData;
  tile: TileForm;
}

/** The same figures as in the chart, each a link to its rows. */
export function TileTable({ title, data, tile }: TileTableProps) {
  const kinds = tile.figure === 'activities' ? activityFigureKinds : [];
  const detailed = data.rows.some(({ detail }) => detail !== null);
  return (
    <section
      aria-label={t('{title}, table', { title })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="@container -mx-1 min-h-0 flex-1 overflow-auto px-1"
    >
      <table className="w-full text-13 tabular-nums">
        <thead className="sticky top-0 bg-surface">
          <tr className="border-b border-line text-12 text-muted">
            <th scope="col" className="py-1.5 pe-2 text-start font-medium">
              {data.by}
            </th>
            {kinds.map((kind) => (
              <th key={kind} scope="col" className={cx(cell, 'font-medium')}>
                {figureLabels[kind]}
              </th>
            ))}
            <th scope="col" className={cx(cell, 'font-medium')}>
              {figureLabels[tile.figure]}
            </th>
            {detailed && (
              <th scope="col" className={cx(cell, aside, 'font-medium')}>
                {t('Of which')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.key} className="border-b border-line">
              <th scope="row" className="w-full max-w-0 min-w-24 truncate py-1.5 pe-2 font-medium">
                <bdi>{row.label}</bdi>
              </th>
              {kinds.map((kind) => (
                <td key={kind} className={cell}>
                  <Linked title={title} row={row} cell={row.parts?.[kind] ?? row} data={data} figure={kind} />
                </td>
              ))}
              <td className={cell}>
                <Linked title={title} row={row} cell={row} data={data} figure={tile.figure} />
              </td>
              {detailed && <td className={cx(cell, aside, 'text-muted')}>{row.detail}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Linked({
  title,
  row,
  cell: { rows, sums, total, value },
  data,
  figure,
}: {
  title: string;
  row: DataRow;
  cell: Cell;
  data: TileData;
  figure: TileFigure;
}) {
  const text = sums && total ? <Total sums={sums} total={total} /> : valueText(value, data.unit, data.currency);
  return rows ? (
    <RowsLink rows={rows as Rows} title={`${title}: ${row.label}`} figure={figure}>
      {text}
    </RowsLink>
  ) : (
    text
  );
}
