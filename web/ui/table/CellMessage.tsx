import { cx } from '../cx.ts';
import type { CellNote } from './column.ts';

/** What was given to a cell and is not saved yet; when it was refused, why. */
export function CellMessage({ note: { text, reason, mild }, shown }: { note: CellNote; shown: boolean }) {
  const tone = mild ? 'text-attention-ink' : 'text-bad-ink';
  return (
    <>
      <bdi className={cx('min-w-0 truncate', reason ? tone : 'text-muted')}>{text}</bdi>
      {reason && (
        <span
          className={cx(
            shown
              ? `popup absolute top-full start-0 z-10 mt-1 w-max max-w-80 px-2 py-1 text-12 font-normal ${tone}`
              : 'sr-only',
          )}
        >
          {reason}
        </span>
      )}
    </>
  );
}
