import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { buttonClass } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

/** `what` as in "see companies". */
export function NoRightsPage({ what }: { what: string }) {
  return (
    <div className="flex flex-1 items-center bg-surface">
      <EmptyState
        icon={<Lock size={18} />}
        page
        title={`Your role does not let you ${what}`}
        action={
          <Link to="/" className={buttonClass('secondary')}>
            Go home
          </Link>
        }
      >
        Ask an administrator of your workspace for the right to do so.
      </EmptyState>
    </div>
  );
}
