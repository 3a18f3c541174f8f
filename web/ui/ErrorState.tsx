import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
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
  action = onRetry && <Retry onRetry={onRetry} />,
}: {
  title: string;
  detail?: string;
  reference?: string | null;
  onRetry?: () => void;
  /** A better way on than trying again. */
  action?: ReactNode;
}) {
  return (
    <div role="alert" className="mx-auto">
      <EmptyState icon={<TriangleAlert size={18} />} title={title} action={action}>
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

/** It goes while it is read again: whoever pressed it by key goes on in what it stands in. */
export function Retry({ onRetry, size }: { onRetry: () => void; size?: 'small' }) {
  return (
    <Button
      size={size}
      onClick={({ currentTarget }) => {
        currentTarget.closest<HTMLElement>('[role="dialog"], main')?.focus({ preventScroll: true });
        onRetry();
      }}
    >
      {t('Try again')}
    </Button>
  );
}
