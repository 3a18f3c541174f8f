import { Link } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';

interface NoRightsPageProps {
  title: string;
  /** Who can give the right, where no administrator of the workspace can. */
  children?: ReactNode;
}

export function NoRightsPage({ title, children }: NoRightsPageProps) {
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
        {children ?? t('Ask an administrator of your workspace for the right to do so.')}
      </EmptyState>
    </div>
  );
}

export const SwitchedOffPage = ({ title }: { title: string }) => (
  <NoRightsPage title={title}>
    {t(
      'An administrator can turn them back on in the workspace settings, unless they are off for the whole installation.',
    )}
  </NoRightsPage>
);
