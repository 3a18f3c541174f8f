import type { RowOf } from '../../../src/kernel/contract/resource.ts';
import type { exportResource } from '../../../src/platform/export/contract.ts';
import { t, translateServerText } from '../../text/text.ts';
import { toast } from '../../ui/toast.ts';
import { address, api } from './api.ts';
import { attempt } from './attempt.ts';
import { lookAgain } from './lookAgain.ts';
import { messageOf } from './problem.ts';
import { queryClient } from './queryClient.ts';

export type ExportSummary = RowOf<typeof exportResource>;

interface Selection {
  resource: string;
  format: ExportSummary['format'];
  filter: string | null;
  sort: string | null;
  /** All fields without it. */
  columns?: string[];
  /** Why sealed values are to be in the clear. */
  reason?: string;
}

const look_ms = 1_000;
/**
 * How many times the page looks whether an export is done; one that takes longer is found among the earlier exports.
 */
const looks_max = 600;

const contentPath = ({ id }: Pick<ExportSummary, 'id'>): string => `/exports/${id}/content`;
export const contentUrl = (made: Pick<ExportSummary, 'id'>): string => address(contentPath(made));

/**
 * Asks first whether the page is still its person's. What is refused after that fails as a download and leaves the page
 * as it is.
 */
export const download = (path: string, query?: Parameters<typeof address>[1]): Promise<boolean> =>
  attempt(async () => {
    await api.get('/session');
    const link = document.createElement('a');
    link.href = address(path, query);
    link.download = '';
    link.click();
  });

/** Has a file made in the background and says when it is there. */
export async function makeExport(selection: Selection): Promise<void> {
  try {
    const made = await api.post<ExportSummary>('/exports', selection);
    void queryClient.invalidateQueries({ queryKey: ['export'] });
    toast(t('The export is being prepared'), {
      id: toastOf(made),
      description: t('You get a notification when it is ready to download.'),
    });
    announce(await whenOver(made));
  } catch (error) {
    toast(t('The export could not be made'), { description: messageOf(error), kind: 'error' });
  }
}

/** One after the other stands in the same place. */
const toastOf = ({ id }: ExportSummary): string => `export/${id}`;

async function whenOver(made: ExportSummary): Promise<ExportSummary> {
  let latest = made;
  for (let look = 0; look < looks_max && latest.state !== 'done' && latest.state !== 'failed'; look++) {
    await new Promise((resolve) => setTimeout(resolve, look_ms));
    latest = (await lookAgain(() => api.get<ExportSummary>(`/exports/${made.id}`))) ?? latest;
  }
  return latest;
}

function announce(made: ExportSummary): void {
  if (made.state === 'failed')
    toast(t('The export failed'), {
      id: toastOf(made),
      description: made.error ? translateServerText(made.error) : t('Try it again.'),
      kind: 'error',
    });
  if (made.state !== 'done') return;
  toast(t('The export is ready'), {
    id: toastOf(made),
    description: t('{count, plural, one {# row, kept for seven days} other {# rows, kept for seven days}}', {
      count: made.row_count ?? 0,
    }),
    action: { label: t('Download'), run: () => void download(contentPath(made)) },
  });
}
