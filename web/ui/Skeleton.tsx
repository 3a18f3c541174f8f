import { cx } from './cx.ts';

/** The shape of what comes. Still, so that nothing blinks. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'block h-3 rounded-sm bg-pressed forced-colors:bg-[GrayText] forced-colors:forced-color-adjust-none',
        className,
      )}
    />
  );
}

const widths = ['w-3/5', 'w-2/5', 'w-1/2', 'w-3/4', 'w-1/3'];

export function SkeletonRows({ count = 8, label }: { count?: number; label: string }) {
  return (
    <div role="status" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical shapes that never move
        <div key={index} className="flex h-9 items-center gap-3 px-4">
          <Skeleton className="size-5 rounded-full" />
          <Skeleton className={widths[index % widths.length]} />
        </div>
      ))}
    </div>
  );
}
