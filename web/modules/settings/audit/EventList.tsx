import { Loaded } from '../../../platform/settings/Loaded.tsx';
import type { usePages } from '../../../platform/settings/usePages.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { AuditRow } from './AuditRow.tsx';
import type { AuditEvent } from './audit.ts';

interface EventListProps {
  label: string;
  events: ReturnType<typeof usePages<AuditEvent>>;
  /** Said when there are none to the end. */
  none: string;
  /** The verb on the button that reads on. */
  more: string;
}

/** Events as far back as they were read, and the way further back. */
export function EventList({ label, events, none, more }: EventListProps) {
  return (
    <>
      <Loaded query={events}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title={t('No events')}>
              {events.hasNextPage ? t('None in the part that was searched so far.') : none}
            </EmptyState>
          ) : (
            <ol aria-label={label} className="divide-y divide-line rounded-lg border border-line">
              {rows.map((event) => (
                <AuditRow key={event.seq} event={event} />
              ))}
            </ol>
          )
        }
      </Loaded>
      {events.hasNextPage && (
        <Button
          className="mt-3 self-start"
          busy={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          {more}
        </Button>
      )}
    </>
  );
}
