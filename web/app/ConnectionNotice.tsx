import { Clock, RefreshCw, WifiOff } from 'lucide-react';
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { useConnection } from '../platform/live/live.ts';
import { useShownSince } from '../platform/offline/answers.ts';
import { useWaiting } from '../platform/offline/waiting.ts';
import { takeNewVersion, useNewVersion } from '../platform/offline/worker.ts';
import { lazyPart } from '../text/lazy.ts';
import { t } from '../text/text.ts';
import { Button } from '../ui/Button.tsx';
import { formatRelative } from '../ui/format.ts';

const WaitingDialog = lazyPart(() => import('../platform/offline/WaitingDialog.tsx'));

/** A stream that comes back at once is no news. */
const patience_ms = 3000;

/** What stands between the page and the server: no network, changes that wait, a newer version. */
export function ConnectionNotice() {
  const connection = useConnection();
  const newVersion = useNewVersion();
  const waiting = useWaiting();
  const [away, setAway] = useState(false);
  const [looking, setLooking] = useState(false);
  useEffect(() => {
    if (connection === 'open') {
      setAway(false);
      return;
    }
    const timer = setTimeout(() => setAway(true), connection === 'offline' ? 0 : patience_ms);
    return () => clearTimeout(timer);
  }, [connection]);
  const held = waiting.some(({ state }) => state !== 'waiting');
  return (
    <>
      {away && (
        <Notice icon={<WifiOff size={14} aria-hidden="true" />}>
          {connection === 'offline' ? (
            <Offline />
          ) : (
            t('Reconnecting to the server. What you see may be out of date for a moment.')
          )}
        </Notice>
      )}
      {waiting.length > 0 && (away || held) && (
        <Notice
          icon={<Clock size={14} aria-hidden="true" />}
          action={
            <Button size="small" onClick={() => setLooking(true)}>
              {t('{count, plural, one {Show it} other {Show them}}', { count: waiting.length })}
            </Button>
          }
        >
          {held
            ? t(
                '{count, plural, one {# change was not accepted and needs your decision.} other {# changes are waiting, some for your decision.}}',
                { count: waiting.length },
              )
            : t('{count, plural, one {# change is} other {# changes are}} waiting to be sent.', {
                count: waiting.length,
              })}
        </Notice>
      )}
      {newVersion && (
        <Notice
          icon={<RefreshCw size={14} aria-hidden="true" />}
          action={
            <Button size="small" onClick={takeNewVersion}>
              {t('Reload')}
            </Button>
          }
        >
          {t('A new version of Holdfast is ready.')}
        </Notice>
      )}
      <Suspense>{looking && <WaitingDialog onClose={() => setLooking(false)} />}</Suspense>
    </>
  );
}

function Offline() {
  const since = useShownSince();
  return since === null
    ? t(
        'You are offline. Changes to records are kept here and sent when you are back. Everything else needs a connection.',
      )
    : t(
        'You are offline and see what was here {ago}. Changes to records are kept here and sent when you are back. Everything else needs a connection.',
        { ago: formatRelative(new Date(since).toISOString()) },
      );
}

function Notice({ icon, action, children }: { icon: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      className="flex min-h-8 shrink-0 items-center gap-2 border-b border-line bg-attention-soft px-4 py-1 text-13 text-attention-ink md:px-5"
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {action}
    </div>
  );
}
