import { Fragment, type KeyboardEvent } from 'react';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { cx } from '../../../ui/cx.ts';
import { formatClock, formatDate } from '../../../ui/format.ts';
import { type LogLine, levelOf, summaryOf } from './logs.ts';

interface LogListProps {
  lines: LogLine[];
  current: string | undefined;
  workspaces: { id: string; name: string; title: string }[] | undefined;
  busy: boolean;
  onOpen: (line: LogLine) => void;
}

/** Lines, the newest first, with the day where it changes. The arrow keys go from line to line. */
export function LogList({ lines, current, workspaces, busy, onOpen }: LogListProps) {
  const names = new Map(workspaces?.map(({ id, title }) => [id, title]));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
    const next = all[all.indexOf(document.activeElement as HTMLElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ol
      aria-label={t('Lines')}
      aria-busy={busy || undefined}
      onKeyDown={onKeyDown}
      className={cx('overflow-hidden rounded-lg border border-line', busy && 'opacity-60')}
    >
      {lines.map((line, i) => (
        <Fragment key={line.id}>
          {(i === 0 || formatDate(line.at) !== formatDate(lines[i - 1]!.at)) && (
            <li className="border-b border-line bg-sunken px-3 py-1 text-12 font-medium text-muted not-first:border-t">
              {formatDate(line.at)}
            </li>
          )}
          <Row
            line={line}
            isOpen={line.id === current}
            workspace={line.tenant_id ? names.get(line.tenant_id) : undefined}
            onOpen={() => onOpen(line)}
          />
        </Fragment>
      ))}
    </ol>
  );
}

interface RowProps {
  line: LogLine;
  isOpen: boolean;
  workspace: string | undefined;
  onOpen: () => void;
}

function Row({ line, isOpen, workspace, onOpen }: RowProps) {
  const { label, meaning } = levelOf(line);
  // The summary of a request says its route already.
  const route = line.message === 'request' ? null : line.route;
  return (
    <li className="border-line [contain-intrinsic-size:auto_2rem] [content-visibility:auto] not-first:border-t">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onOpen}
        className={cx(
          'flex min-h-8 w-full items-center gap-x-3 gap-y-0.5 px-3 text-start text-13 -outline-offset-2 hover:bg-hover flex-wrap py-2 @2xl:flex-nowrap @2xl:py-1',
          isOpen && 'bg-accent-soft hover:bg-accent-soft',
        )}
      >
        <time dateTime={line.at} className="w-24 shrink-0 font-mono text-12 text-muted tabular-nums">
          {formatClock(line.at)}
        </time>
        <span className="w-18 shrink-0 text-12">
          {meaning === 'neutral' ? (
            <span className="text-muted">{label}</span>
          ) : (
            <Badge meaning={meaning}>{label}</Badge>
          )}
        </span>
        <span
          className={cx(
            'order-last line-clamp-2 min-w-0 basis-full font-mono text-12 wrap-anywhere @2xl:order-none @2xl:line-clamp-1 @2xl:flex-1 @2xl:basis-0 @2xl:break-all',
            line.level >= 50 && 'text-bad-ink',
          )}
        >
          {summaryOf(line)}
        </span>
        {(workspace || route) && (
          <span className="min-w-0 flex-1 truncate text-end text-12 text-muted @2xl:max-w-64 @2xl:flex-none">
            {[workspace, route].filter(Boolean).join(' · ')}
          </span>
        )}
      </button>
    </li>
  );
}
