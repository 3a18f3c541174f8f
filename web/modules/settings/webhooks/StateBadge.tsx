import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import type { Webhook } from './webhook.ts';

export function StateBadge({ webhook }: { webhook: Webhook }) {
  if (webhook.enabled) return <Badge meaning="good">{t('On')}</Badge>;
  return <Badge meaning={webhook.disabled_reason ? 'bad' : 'neutral'}>{t('Off')}</Badge>;
}
