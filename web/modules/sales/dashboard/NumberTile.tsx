import { activityFigureKinds } from '../../../../src/modules/sales/figures/contract.ts';
import { Total } from '../../../platform/record/Sums.tsx';
import { t } from '../../../text/text.ts';
import { formatNumber } from '../../../ui/format.ts';
import type { Dashboard } from './dashboard.ts';
import { RowsLink } from './RowsLink.tsx';
import { shareOver } from './targets.ts';
import { type TileData, valueText } from './tileData.ts';
import type { TileForm } from './tiles.ts';
import { figureLabels } from './words.ts';

interface NumberTileProps {
  title: string;
  data: TileData;
  tile: TileForm;
  target: number | null;
  dashboard: Dashboard;
}

/** One figure, what it is of, and how far it is towards its target. */
export function NumberTile({ title, data, tile, target, dashboard }: NumberTileProps) {
  const [row] = data.rows;
  if (!row) return null;
  const text =
    row.sums && row.total ? (
      <Total sums={row.sums} total={row.total} compact />
    ) : (
      valueText(row.value, data.unit, data.currency)
    );
  return (
    <div className="flex min-h-0 flex-1 flex-col justify-end gap-1">
      <p className="text-20 font-semibold @xl:text-28 wrap-anywhere tabular-nums">
        {row.rows ? (
          <RowsLink rows={row.rows} title={title} figure={tile.figure}>
            {text}
          </RowsLink>
        ) : (
          text
        )}
      </p>
      {target !== null && row.value !== null ? (
        <Towards
          value={row.value}
          target={target}
          data={data}
          share={shareOver(dashboard.from ?? '', dashboard.to ?? '', tile.range)}
        />
      ) : (
        <p className="text-12 text-muted tabular-nums">{row.value === null ? t('Nothing closed yet') : row.detail}</p>
      )}
      {row.parts && (
        <p className="flex flex-wrap gap-x-3 text-12 text-muted tabular-nums">
          {activityFigureKinds.map((kind) => {
            const part = row.parts?.[kind];
            return part?.rows ? (
              <RowsLink key={kind} rows={part.rows} title={figureLabels[kind]} figure={kind}>
                {figureLabels[kind]} {formatNumber(part.count)}
              </RowsLink>
            ) : null;
          })}
        </p>
      )}
    </div>
  );
}

/** `share`: how much of the period is over. Who has won as large a part of the target is on pace. */
function Towards({ value, target, data, share }: { value: number; target: number; data: TileData; share: number }) {
  const percent = formatNumber(value / target, { style: 'percent', maximumFractionDigits: 0 });
  const of = valueText(target, data.unit, data.currency, true);
  const behind = target * share - value;
  return (
    <>
      <span className="relative h-1.5 overflow-hidden rounded-full bg-pressed" aria-hidden="true">
        <span
          className="absolute inset-y-0 start-0 bg-accent"
          style={{ width: `${Math.min(100, (value / target) * 100)}%` }}
        />
        <span
          className="absolute inset-y-0 w-0.5 bg-ink"
          style={{ insetInlineStart: `${Math.min(99.5, share * 100)}%` }}
        />
      </span>
      <p className="text-12 text-muted tabular-nums">
        {behind > 0
          ? t('{percent} of {target}, {amount} behind pace', {
              percent,
              target: of,
              amount: valueText(behind, data.unit, data.currency, true),
            })
          : t('{percent} of {target}, on pace', { percent, target: of })}
      </p>
    </>
  );
}
