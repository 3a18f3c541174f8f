import { useMutation } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { intercepted, messageOf, readProblem, unreachable } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from '../identity/AuthCard.tsx';

/** The address in an e-mail does nothing by itself: programs that look at links would end mails nobody wants to end. */
async function unsubscribe(token: string): Promise<void> {
  const response = await fetch(`/unsubscribe?token=${encodeURIComponent(token)}`, { method: 'POST' }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await readProblem(response);
  await response.json().catch(() => {
    throw intercepted();
  });
}

export default function UnsubscribePage() {
  usePageTitle(t('Stop these e-mails'));
  const { token } = useSearch({ from: '/unsubscribe' });
  const end = useMutation({ mutationFn: () => unsubscribe(token ?? '') });
  const settings = (
    <Link
      to="/settings/$section"
      params={{ section: 'notifications' }}
      className={buttonClass('secondary', 'medium', 'h-9')}
    >
      {t('All settings')}
    </Link>
  );
  if (!token)
    return (
      <AuthCard title={t('This link is incomplete')} description={t('Copy the whole link from the e-mail.')}>
        {settings}
      </AuthCard>
    );
  if (end.isSuccess)
    return (
      <AuthCard
        title={t('Done')}
        description={t('You will no longer get this kind of e-mail. The inbox still shows what is new.')}
      >
        {settings}
      </AuthCard>
    );
  return (
    <AuthCard
      title={t('Stop these e-mails?')}
      description={t('You no longer get this kind of e-mail. You can turn it back on in the settings.')}
    >
      <div className="flex flex-col gap-4">
        {end.error && <Banner meaning="bad">{messageOf(end.error)}</Banner>}
        <Button emphasis="primary" autoFocus busy={end.isPending} className="h-9 w-full" onClick={() => end.mutate()}>
          {t('Stop these e-mails')}
        </Button>
        {settings}
      </div>
    </AuthCard>
  );
}
