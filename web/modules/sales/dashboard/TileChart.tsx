import { useEffect, useRef } from 'react';
import { activityFigureKinds } from '../../../../src/modules/sales/figures/contract.ts';
import { t } from '../../../text/text.ts';
import { draw } from '../../../ui/chart.ts';
import { chartOptions, drawnRows } from './chartOptions.ts';
import type { Rows } from './dashboard.ts';
import type { TileData } from './tileData.ts';
import type { TileForm } from './tiles.ts';

interface TileChartProps {
  title: string;
  data: TileData;
  tile: TileForm;
  target: number | null;
  onOpenRows: (label: string, rows: Rows) => void;
}

/** The rows behind a bar are a click away; by keyboard, they are in the table. */
export default function TileChart({ title, data, tile, target, onOpenRows }: TileChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const open = useRef(onOpenRows);
  open.current = onOpenRows;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const rows = drawnRows(data, tile);
    return draw(
      element,
      (look) => chartOptions(data, tile, target, look),
      (index, series) => {
        const row = rows[index];
        const kind = activityFigureKinds[series];
        const cell = row?.parts && kind ? row.parts[kind] : row;
        if (row && cell?.rows) open.current(row.label, cell.rows);
      },
    );
  }, [data, tile, target]);
  return (
    <div
      ref={box}
      role="img"
      aria-label={t('{title}, drawn. The same figures are in the table.', { title })}
      className="min-h-0 w-full flex-1"
    />
  );
}
