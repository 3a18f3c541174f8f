import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../text/text.ts';
import { useConnection } from './live.ts';

/** A stream that comes back at once is no news. */
const patience_ms = 3000;

export function ConnectionNotice() {
  const connection = useConnection();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (connection === 'open') {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), patience_ms);
    return () => clearTimeout(timer);
  }, [connection]);
  if (!shown) return null;
  return (
    <div
      role="status"
      className="flex shrink-0 items-center gap-2 bg-attention-soft px-5 py-1.5 text-13 text-attention-ink"
    >
      <WifiOff size={14} aria-hidden="true" />
      {connection === 'offline'
        ? t('You are offline. What you see may be out of date, and changes cannot be saved.')
        : t('Reconnecting to the server. What you see may be out of date for a moment.')}
    </div>
  );
}
