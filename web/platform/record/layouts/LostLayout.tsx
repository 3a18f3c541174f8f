import { t } from '../../../text/text.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import type { RecordDefinition } from '../definition.ts';

/** In place of a board or a calendar by a field that is not there for the reader. */
export default function LostLayout({ definition: { icon: Icon } }: { definition: RecordDefinition }) {
  return (
    <EmptyState icon={<Icon size={18} />} title={t('This view is arranged by a field that is not available')}>
      {t('The field was retired, or your role does not see it. Choose another field above.')}
    </EmptyState>
  );
}
