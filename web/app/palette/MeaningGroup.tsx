import type { UseQueryResult } from '@tanstack/react-query';
import { Command } from 'cmdk';
import type { LucideIcon } from 'lucide-react';
import type { MeaningAnswer, MeaningHit } from '../../../src/platform/search/contract.ts';
import { t } from '../../text/text.ts';
import { DateText } from '../../ui/DateText.tsx';

interface MeaningGroupProps {
  found: UseQueryResult<MeaningAnswer>;
  iconOf: (resource: string) => LucideIcon;
  onOpen: (hit: MeaningHit) => void;
}

/** Passages that say what was asked for, each with where it stands. */
export function MeaningGroup({ found, iconOf, onOpen }: MeaningGroupProps) {
  const says = note(found);
  return (
    <Command.Group heading={t('By meaning')}>
      {found.data?.passages.map((hit) => (
        <MeaningItem key={hit.id} hit={hit} Icon={iconOf(hit.resource)} onSelect={() => onOpen(hit)} />
      ))}
      {says && (
        <p role="status" className="px-2 py-3 text-13 text-muted">
          {says}
        </p>
      )}
    </Command.Group>
  );
}

function note({ data, isError, isPending }: UseQueryResult<MeaningAnswer>): string | undefined {
  if (isError) return t('The search failed. Keep typing to try again.');
  if (isPending) return t('Searching…');
  if (data.state === 'too_little_text')
    return t('There are too few notes, activities and mails yet to learn what words mean here.');
  if (data.state === 'learning')
    return t(
      'The texts of this workspace have not been learned yet. That happens within the hour; search by words until then.',
    );
  if (data.words_only)
    return t('The language model gave no answer, so these were found by their words alone. Try again for more.');
  if (data.passages.length === 0) return t('No passage says this, as far as you may read.');
  return undefined;
}

function MeaningItem({ hit, Icon, onSelect }: { hit: MeaningHit; Icon: LucideIcon; onSelect: () => void }) {
  return (
    <Command.Item
      value={`meaning-${hit.id}`}
      onSelect={onSelect}
      className="menu-item h-auto items-start gap-2.5 py-1.5 aria-selected:bg-hover"
    >
      <Icon size={16} aria-hidden="true" className="mx-0.5 mt-0.5 shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <bdi className="line-clamp-2 text-13">{hit.passage}</bdi>
        <bdi className="block truncate text-12 text-muted">
          {[hit.title, hit.subject?.name].filter(Boolean).join(' · ')}
        </bdi>
      </span>
      <span className="shrink-0 text-12 text-faint">
        <DateText value={hit.at} />
      </span>
    </Command.Item>
  );
}
