import type { Header } from '@tanstack/react-table';
import { memo } from 'react';
import type { Column, Row, Sort } from './column.ts';
import type { Features } from './features.ts';
import { HeaderCell } from './HeaderCell.tsx';
import type { DrawnColumn } from './useDrawnColumns.ts';
import type { TableLayout } from './useTableLayout.ts';

interface HeadCellsProps<T extends Row> {
  headers: readonly Header<Features, T>[];
  /** What the headers' widths come from. */
  layout: TableLayout;
  columns: readonly Column<T>[];
  drawn: readonly DrawnColumn[];
  /** So many columns at the start stay in sight. */
  pinned: number;
  /** The button that is in the tab order. */
  stop: string;
  sort: readonly Sort[];
  onSort: (sort: Sort[]) => void;
  onPin: (id: string, pinned: boolean) => void;
  onPlace: (id: string, targetId: string) => void;
}

function HeadCellsInner<T extends Row>({ headers, columns, drawn, pinned, ...rest }: HeadCellsProps<T>) {
  const { sort, onSort, onPin, onPlace, stop } = rest;
  const cells = drawn.map(({ index, gap }) => {
    const header = headers[index];
    return (
      header && (
        <HeaderCell
          key={header.id}
          header={header}
          column={columns[index] as Column<T>}
          index={index}
          gap={gap}
          pinned={index < pinned}
          stop={stop}
          onPin={onPin}
          sort={sort}
          onSort={onSort}
          onPlace={onPlace}
          width={header.getSize()}
          before={index > 1 && index !== pinned ? columns[index - 1]?.id : undefined}
          after={index + 1 === pinned ? undefined : columns[index + 1]?.id}
        />
      )
    );
  });
  return <>{cells}</>;
}

/** The heads of the columns, each with its menu: they are not drawn again when rows scroll by. */
export const HeadCells = memo(HeadCellsInner) as typeof HeadCellsInner;
