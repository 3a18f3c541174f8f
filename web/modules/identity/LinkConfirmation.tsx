import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { isUndecided, messageOf } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from './AuthCard.tsx';
import { IncompleteLink } from './IncompleteLink.tsx';

interface LinkConfirmationProps {
  token: string;
  title: string;
  description: string;
  action: string;
  /** The title once it is done. */
  done: string;
  onConfirm: () => Promise<unknown>;
}

/** What the link of a mail is for. It takes a click, so that a program that only looks at links does nothing. */
export function LinkConfirmation({ token, title, description, action, done, onConfirm }: LinkConfirmationProps) {
  const confirm = useMutation({ mutationFn: onConfirm });
  if (token === '') return <IncompleteLink action={t('Sign in')} />;
  return (
    <AuthCard title={confirm.isSuccess ? done : title} description={confirm.isSuccess ? undefined : description}>
      <div className="flex flex-col gap-4">
        {confirm.error && <Banner meaning="bad">{messageOf(confirm.error)}</Banner>}
        {confirm.isIdle || confirm.isPending || isUndecided(confirm.error) ? (
          <Button
            emphasis="primary"
            autoFocus
            busy={confirm.isPending}
            className="h-9"
            onClick={() => confirm.mutate()}
          >
            {action}
          </Button>
        ) : (
          <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
            {t('Sign in')}
          </Link>
        )}
      </div>
    </AuthCard>
  );
}
