import { useNavigate } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { Select } from '../../ui/Select.tsx';
import { kinds } from './trashSearch.ts';

const every = { value: 'all', label: t('Everything') };
export function KindFilter({ kind }: { kind: string | undefined }) {
  const navigate = useNavigate();
  return (
    <Select
      label={t('Kind')}
      className="w-36!"
      options={[every, ...kinds()]}
      value={kind ?? every.value}
      onChange={(next) =>
        void navigate({
          to: '/trash',
          search: { kind: next === every.value ? undefined : next },
        })
      }
    />
  );
}
