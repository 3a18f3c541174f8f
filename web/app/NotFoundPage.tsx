import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { buttonClass } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { usePageTitle } from './usePageTitle.ts';

export function NotFoundPage() {
  usePageTitle('Nothing here');
  return (
    <div className="flex min-h-full flex-1 items-center bg-surface">
      <EmptyState
        icon={<Compass size={18} />}
        page
        title="There is nothing at this address"
        action={
          <Link to="/" className={buttonClass('secondary')}>
            Go home
          </Link>
        }
      >
        It may have been deleted, or you may not be allowed to see it.
      </EmptyState>
    </div>
  );
}
