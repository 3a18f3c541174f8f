import { Link } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from './AuthCard.tsx';

/** In place of what a link is for, when its address was copied without the token. */
export function IncompleteLink({ action }: { action: string }) {
  return (
    <AuthCard
      title={t('This link is incomplete')}
      description={t('Copy the whole link, including everything after the #.')}
    >
      <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
        {action}
      </Link>
    </AuthCard>
  );
}
