import { UserRoundX } from 'lucide-react';
import { useEffect, useState } from 'react';
import { keepNoMore } from '../platform/offline/owner.ts';
import { countUnsent } from '../platform/offline/waiting.ts';
import { usePageTitle } from '../platform/page/usePageTitle.ts';
import { queryClient } from '../platform/query/queryClient.ts';
import { hasDrafts } from '../platform/session/drafts.ts';
import { t } from '../text/text.ts';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

/**
 * All that is left of a page when somebody else has signed in to the browser. Its button does not take the focus:
 * whoever is typing would press it unread.
 */
export function SomebodyElsePage({ former: { id, name } }: { former: { id: string; name: string } }) {
  const [unsent] = useState(countUnsent);
  const [drafts] = useState(() => hasDrafts(id));
  usePageTitle(t('Somebody else has signed in to this browser'));
  useEffect(() => {
    queryClient.clear();
    keepNoMore();
  }, []);
  return (
    <main className="flex min-h-dvh items-center bg-surface">
      <div role="alert" className="flex-1">
        <EmptyState
          page
          icon={<UserRoundX size={18} />}
          title={t('Somebody else has signed in to this browser')}
          action={
            <Button emphasis="primary" onClick={() => window.location.reload()}>
              {t('Load the page again')}
            </Button>
          }
        >
          <p>
            {t('This page belonged to {name}. Load it again to continue as the person who is signed in now.', { name })}
          </p>
          <p className="mt-2">
            {drafts
              ? t('Notes and forms that {name} has started are kept in this browser. Other unsaved text is lost.', {
                  name,
                })
              : t('Unsaved text is lost.')}
          </p>
          {unsent > 0 && (
            <p className="mt-2">
              {t(
                '{count, plural, one {# change made offline was not sent and is lost.} other {# changes made offline were not sent and are lost.}}',
                { count: unsent },
              )}
            </p>
          )}
        </EmptyState>
      </div>
    </main>
  );
}
