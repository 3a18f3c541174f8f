import { Clock } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { type WithWaiting, waits } from './overlay.ts';

/** Marks a value that has not been sent to the server yet. */
export function WaitingMark({ of, field }: { of: WithWaiting; field?: string }) {
  if (!waits(of, field)) return null;
  return (
    <Tooltip label={t('Waiting to be sent')}>
      <span className="inline-flex shrink-0 items-center text-attention-ink">
        <Clock size={13} aria-hidden="true" />
        <span className="sr-only">{t('Waiting to be sent')}</span>
      </span>
    </Tooltip>
  );
}
