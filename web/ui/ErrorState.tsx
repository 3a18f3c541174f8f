import { TriangleAlert } from 'lucide-react';
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
        action={onRetry && <Button onClick={onRetry}>Try again</Button>}
      >
        {detail}
        {reference && !detail?.includes(reference) && (
          <span className="mt-2 block font-mono text-12 text-faint">Reference {reference}</span>
        )}
      </EmptyState>
    </div>
  );
}
