import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { t } from '../text/text.ts';
import { buttonClass } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';

export function NoRightsPage({ title }: { title: string }) {
  return (
    <div className="flex flex-1 items-center bg-surface">
      <EmptyState
        icon={<Lock size={18} />}
        page
        title={title}
        action={
          <Link to="/" className={buttonClass('secondary')}>
            {t('Go home')}
          </Link>
        }
      >
        {t('Ask an administrator of your workspace for the right to do so.')}
      </EmptyState>
    </div>
  );
}
