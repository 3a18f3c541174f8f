import { cx } from '../cx.ts';
import type { CellNote } from './column.ts';

/** What was given to a cell and is not saved yet; when it was refused, why. */
export function CellMessage({ note: { text, reason }, shown }: { note: CellNote; shown: boolean }) {
  return (
    <>
      <bdi className={cx('min-w-0 truncate', reason ? 'text-bad-ink' : 'text-muted')}>{text}</bdi>
      {reason && (
        <span
          className={cx(
            shown
              ? 'popup absolute top-full start-0 z-10 mt-1 max-w-96 px-2 py-1 text-12 font-normal text-bad-ink'
              : 'sr-only',
          )}
        >
          {reason}
        </span>
      )}
    </>
  );
}
