import type { PendingMutation } from '../../../platform/offline/waiting.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useRequired } from './useRequired.tsx';

/** Asks for the fields that the stage of a deal wants, for a change that waited and was refused. */
export default function FillMissing({ entry, onFilled }: { entry: PendingMutation; onFilled: () => Promise<void> }) {
  const required = useRequired();
  const fill = () => required.fill(entry.record_id, entry.missing ?? [], onFilled);
  return (
    <>
      <Button size="small" emphasis="primary" onClick={() => void attempt(fill)}>
        {t('Fill in what is missing')}
      </Button>
      {required.dialog}
    </>
  );
}
