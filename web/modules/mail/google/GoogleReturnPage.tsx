import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../../../platform/query/api.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Spinner } from '../../../ui/Spinner.tsx';
import { toast } from '../../../ui/toast.ts';
import { refreshMail } from '../mail.ts';

/** Where Google sends the browser back to. What it brings works once, so it is used at once. */
export default function GoogleReturnPage() {
  const navigate = useNavigate();
  const answer = useRef(new URLSearchParams(window.location.search)).current;
  const connect = useMutation({
    mutationFn: () =>
      api.post<{ mailbox_id: string }>('/google-mailboxes', {
        state: answer.get('state'),
        code: answer.get('code'),
      }),
    onSuccess: async ({ mailbox_id }) => {
      toast(t('Connected. The newest mail comes first.'));
      await refreshMail();
      await navigate({ to: '/mail', search: { mailbox: mailbox_id }, replace: true });
    },
  });
  const isBegun = useRef(false);
  const isAgreed = answer.has('code') && answer.has('state');
  useEffect(() => {
    if (isBegun.current || !isAgreed) return;
    isBegun.current = true;
    connect.mutate();
  }, [connect, isAgreed]);
  const problem = isAgreed
    ? connect.error && messageOf(connect.error)
    : t('At Google it was not agreed to. Nothing was connected.');
  return (
    <main className="mx-auto flex w-full max-w-prose flex-col gap-4 p-6">
      <h1 className="text-20">{t('Connect with Google')}</h1>
      {problem ? (
        <>
          <Banner meaning="bad">{problem}</Banner>
          <div>
            <Button onClick={() => void navigate({ to: '/mail', replace: true })}>{t('Back to the mail')}</Button>
          </div>
        </>
      ) : (
        <p className="flex items-center gap-2 text-13 text-muted" role="status">
          <Spinner />
          {t('The connection is made…')}
        </p>
      )}
    </main>
  );
}
