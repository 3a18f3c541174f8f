import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { useBreaks } from './breaks.ts';

/** How many breaks of an account are open; nothing where there are none. */
export function OpenBreaks({ account_id }: { account_id: string }) {
  const open = useBreaks(account_id).data?.open ?? 0;
  if (open === 0) return null;
  return (
    <p className="text-13">
      <Badge meaning="attention">{t('{open, plural, one {# open break} other {# open breaks}}', { open })}</Badge>
    </p>
  );
}
