import { SearchCheck } from 'lucide-react';
import { useState } from 'react';
import { inSentence, t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { SealedSearch, type SealedSearchProps } from './SealedSearch.tsx';

/** Finds records by a sealed field that has an index of its parts. */
export default function SealedSearchButton({ definition, field }: Omit<SealedSearchProps, 'onClose'>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton label={t('Find by {field}', { field: inSentence(field.label) })} onClick={() => setOpen(true)}>
        <SearchCheck size={16} />
      </IconButton>
      {isOpen && <SealedSearch definition={definition} field={field} onClose={() => setOpen(false)} />}
    </>
  );
}
