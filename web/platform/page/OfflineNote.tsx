import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { useConnection } from '../live/live.ts';

/** Stands before what cannot wait for the network, so that nobody types it in vain. */
export function OfflineNote({ className }: { className?: string }) {
  if (useConnection() !== 'offline') return null;
  return (
    <div className={className}>
      <Banner meaning="attention">
        {t('You are offline, and this cannot be sent later. Go online before you start.')}
      </Banner>
    </div>
  );
}
