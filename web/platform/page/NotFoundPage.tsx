import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { usePageTitle } from './usePageTitle.ts';

export function NotFoundPage() {
  usePageTitle(t('Nothing here'));
  return (
    <div className="flex min-h-full flex-1 items-center bg-surface">
      <EmptyState
        icon={<Compass size={18} />}
        page
        title={t('Page not found')}
        action={
          <Link to="/" className={buttonClass('secondary')}>
            {t('Go home')}
          </Link>
        }
      >
        {t('It may have been deleted, or you may not be allowed to see it.')}
      </EmptyState>
    </div>
  );
}
