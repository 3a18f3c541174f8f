import { ListChecks } from 'lucide-react';
import type { RefObject } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../Button.tsx';

interface SelectButtonProps {
  ref: RefObject<HTMLButtonElement | null>;
  selecting: boolean;
  onClick: () => void;
}

/** On a phone, under a list: from now on a tap selects a row. */
export function SelectButton({ ref, selecting, onClick }: SelectButtonProps) {
  return (
    <Button
      ref={ref}
      size="small"
      emphasis="quiet"
      icon={<ListChecks size={14} />}
      aria-pressed={selecting}
      onClick={onClick}
    >
      {selecting ? t('Done') : t('Select')}
    </Button>
  );
}
