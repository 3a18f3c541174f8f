import { Skeleton } from '../Skeleton.tsx';
import type { Column, Row } from './column.ts';

/** One that is on its way. */
export function AwaitedRow({ top, height }: { top: number; height: number }) {
  return (
    <div
      role="presentation"
      className="absolute start-0 flex w-full items-center border-b border-line ps-14"
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <Skeleton className="w-40" />
    </div>
  );
}

export function LoadingRows<T extends Row>({ columns }: { columns: readonly Column<T>[] }) {
  return (
    <div role="presentation">
      {Array.from({ length: 12 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical shapes that never move
        <div key={row} className="flex h-9 items-center border-b border-line pointer-coarse:h-11">
          {columns.map((column, at) => (
            <div key={column.id} className="shrink-0 px-3 first:ps-14" style={{ width: `var(--w-${at})` }}>
              <Skeleton className={(row + at) % 3 === 0 ? 'w-3/4' : 'w-1/2'} />
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
