import { useNavigate } from '@tanstack/react-router';
import { t } from '../../text/text.ts';
import { Select } from '../../ui/Select.tsx';
import { definitions } from '../record/definitions.ts';
import { attachedTypes, wordsOf } from '../record/recordTypes.ts';

const every = { value: 'all', label: t('Everything') };

/** What can lie in the trash, and how each is called. */
const kinds = (): { value: string; label: string }[] =>
  [
    ...definitions()
      .filter(({ contract }) => contract.trash)
      .map(({ resource }) => resource),
    ...attachedTypes(),
  ].map((resource) => ({ value: resource, label: wordsOf(resource).Type }));

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
