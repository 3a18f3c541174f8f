import { TriangleAlert } from 'lucide-react';
import { T } from '../text/T.tsx';
import { t } from '../text/text.ts';
import { Button } from './Button.tsx';
import { EmptyState } from './EmptyState.tsx';

/** What happened, why, and a way on. `reference` is what an administrator needs to find it in the logs. */
export function ErrorState({
  title,
  detail,
  reference,
  onRetry,
}: {
  title: string;
  detail?: string;
  reference?: string | null;
  onRetry?: () => void;
}) {
  return (
    <div role="alert">
      <EmptyState
        icon={<TriangleAlert size={18} />}
        title={title}
        action={onRetry && <Button onClick={onRetry}>{t('Try again')}</Button>}
      >
        {detail}
        {reference && !detail?.includes(reference) && (
          <span className="mt-2 block text-12 text-faint">
            <T
              text="Reference <code>{reference}</code>"
              values={{ reference, code: (words) => <code>{words}</code> }}
            />
          </span>
        )}
      </EmptyState>
    </div>
  );
}
