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
import { refreshCalendars } from '../calendar/meetings.ts';
import { refreshMail } from '../mail.ts';

/** Where Google sends the browser back to. What it brings works once, so it is used at once. */
export default function GoogleReturnPage() {
  const navigate = useNavigate();
  const answer = useRef(new URLSearchParams(window.location.search)).current;
  // The state begins with what is connected.
  const isCalendar = answer.get('state')?.startsWith('calendar.') === true;
  const back = isCalendar ? '/calendar' : '/mail';
  const connect = useMutation({
    mutationFn: async () => {
      const body = { state: answer.get('state'), code: answer.get('code') };
      if (isCalendar) {
        await api.post('/google-calendar-accounts', body);
        return {};
      }
      const { mailbox_id } = await api.post<{ mailbox_id: string }>('/google-mailboxes', body);
      return { mailbox: mailbox_id };
    },
    onSuccess: async (search) => {
      toast(isCalendar ? t('Connected. Its meetings are fetched now.') : t('Connected. The newest mail comes first.'));
      await (isCalendar ? refreshCalendars() : refreshMail());
      await navigate(isCalendar ? { to: '/calendar', replace: true } : { to: '/mail', search, replace: true });
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
            <Button onClick={() => void navigate({ to: back, replace: true })}>
              {isCalendar ? t('Back to the calendar') : t('Back to the mail')}
            </Button>
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
