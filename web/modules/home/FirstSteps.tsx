import { Link } from '@tanstack/react-router';
import { Upload, UserPlus } from 'lucide-react';
import { useRecords } from '../../app/records.ts';
import { useMay } from '../../app/session.tsx';
import { definitionOf } from '../../record/definitions.ts';
import { t } from '../../text/text.ts';
import { buttonClass } from '../../ui/Button.tsx';

/** Shown while a workspace is empty: how to get something into it. */
export function FirstSteps() {
  const may = useMay();
  const contacts = useRecords('contact', { limit: 1, enabled: may('contact', 'read') });
  const companies = useRecords('company', { limit: 1, enabled: may('company', 'read') });
  const unknown = contacts.isPending || contacts.isError || companies.isLoading || companies.isError;
  if (unknown || contacts.rows.length > 0 || companies.rows.length > 0) return null;
  return (
    <section aria-label={t('First steps')} className="rounded-lg border border-line p-5">
      <h2 className="text-16">{t('Bring your people in')}</h2>
      <p className="mt-1 max-w-prose text-13 text-muted">
        {t(
          'Holdfast reads the files of your present system, works out what they hold, and shows you what it would do before it does it.',
        )}
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        {may('import', 'create') && (
          <Link to="/imports/new" className={buttonClass('primary')}>
            <Upload size={14} />
            {t('Import a file')}
          </Link>
        )}
        {may('contact', 'create') && (
          <Link to={definitionOf('contact').path} search={{ create: true }} className={buttonClass('secondary')}>
            <UserPlus size={14} />
            {t('Add the first contact')}
          </Link>
        )}
      </div>
    </section>
  );
}
