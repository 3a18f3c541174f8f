import { useState } from 'react';
import type { OwnInputProps } from '../../../platform/record/definition.ts';
import { t } from '../../../text/text.ts';
import { LinesEditor } from './LinesEditor.tsx';
import { emptyLine, type Line } from './lines.ts';

/** Products that a new deal comes with. */
export default function NewLines({ value, onChange }: OwnInputProps) {
  const [first] = useState(() => [emptyLine()]);
  return (
    <fieldset className="flex flex-col gap-2 sm:col-span-2">
      <legend className="mb-1 text-13 font-medium">{t('Products')}</legend>
      <LinesEditor lines={(value as Line[] | undefined) ?? first} onChange={onChange} asked="lines" />
    </fieldset>
  );
}
