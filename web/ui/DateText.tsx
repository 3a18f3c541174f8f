import { useNow } from './clock.ts';
import { formatDate, formatDateTime, formatRelative } from './format.ts';
import { Tooltip } from './Tooltip.tsx';

/** Relative, with the exact time on hover. `exact` shows the date itself. */
export function DateText({ value, exact, className }: { value: string | null; exact?: boolean; className?: string }) {
  if (!value) return <span className="text-faint">—</span>;
  const full = value.length === 10 ? formatDate(value) : formatDateTime(value);
  return (
    <Tooltip label={full}>
      <time dateTime={value} className={className}>
        {exact ? formatDate(value) : <Relative value={value} />}
      </time>
    </Tooltip>
  );
}

const Relative = ({ value }: { value: string }) => formatRelative(value, useNow());
