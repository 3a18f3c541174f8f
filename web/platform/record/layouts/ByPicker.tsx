import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import type { FieldDef } from '../field.ts';

interface ByPickerProps {
  choices: readonly FieldDef[];
  /** None where the field it went by is not there any more. */
  by: FieldDef | undefined;
  onChange: (key: string) => void;
}

/** The field that a board or a calendar goes by. */
export default function ByPicker({ choices, by, onChange }: ByPickerProps) {
  return (
    <Select
      label={t('By which field')}
      className="h-7! min-h-0! w-auto! max-w-64 shrink-0 text-13! pointer-coarse:h-10!"
      options={choices.map(({ key, label }) => ({ value: key, label: t('By {field}', { field: label }) }))}
      value={by?.key ?? null}
      onChange={onChange}
    />
  );
}
