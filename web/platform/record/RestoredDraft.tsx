import { t } from '../../text/text.ts';

interface RestoredDraftProps {
  draft: { restored: boolean; clear: () => void };
  className?: string;
}

/** Says that a form holds what was typed before, with the way to be rid of it. */
export function RestoredDraft({ draft, className }: RestoredDraftProps) {
  if (!draft.restored) return null;
  return (
    <p className={className ?? 'text-12 text-muted'}>
      {t('This is what you typed before.')}{' '}
      <button type="button" className="rounded-sm text-accent-ink hover:underline" onClick={draft.clear}>
        {t('Discard')}
      </button>
    </p>
  );
}
