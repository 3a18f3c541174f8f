import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import type { FieldDef } from '../field.ts';

interface GroupPickerProps {
  choices: readonly FieldDef[];
  group: FieldDef | undefined;
  onChange: (key: string | undefined) => void;
}

const none = '-';

/** The field under whose values the rows of a table stand. */
export default function GroupPicker({ choices, group, onChange }: GroupPickerProps) {
  return (
    <Select
      label={t('Group')}
      className="h-7! min-h-0! w-auto! max-w-64 shrink-0 text-13! pointer-coarse:h-10! max-sm:hidden"
      options={[
        { value: none, label: t('Group by: none') },
        ...choices.map(({ key, label }) => ({ value: key, label: t('By {field}', { field: label }) })),
      ]}
      value={group?.key ?? none}
      onChange={(key) => onChange(key === none ? undefined : key)}
    />
  );
}
