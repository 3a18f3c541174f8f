import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatExactTime } from '../../../ui/format.ts';
import type { useLines } from './logs.ts';

/** More would make the page slow, and nobody reads them: one narrows the search. */
const shown_lines_max = 2_000;

interface OlderLinesProps {
  pages: ReturnType<typeof useLines>;
  /** How many lines are shown. */
  count: number;
  /** Begins a new search for the lines before the last one. */
  onGoOn: () => void;
}

/** Below the lines: the way to older ones, and why the search ended where it did. */
export function OlderLines({ pages, count, onGoOn }: OlderLinesProps) {
  const isFull = count >= shown_lines_max;
  return (
    <>
      {pages.searched_to && (
        <div className="mt-3">
          <Banner
            meaning="info"
            action={
              <Button size="small" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                {t('Keep searching')}
              </Button>
            }
          >
            {t(
              'Searched back to {time}, then ran out of time. Keep searching, or narrow it: a shorter time, a level, a route, or the request.',
              { time: formatExactTime(pages.searched_to) },
            )}
          </Banner>
        </div>
      )}
      {pages.hasNextPage && !pages.searched_to && !isFull && (
        <Button className="mt-3" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('Show older')}
        </Button>
      )}
      {pages.hasNextPage && isFull && (
        <div className="mt-3">
          <Banner
            meaning="info"
            action={
              <Button size="small" onClick={onGoOn}>
                {t('Continue from there')}
              </Button>
            }
          >
            {t('{count, number} lines are shown, which is as many as fit on this page.', { count })}
          </Banner>
        </div>
      )}
    </>
  );
}
