import { Link } from '@tanstack/react-router';
import { Upload, UserPlus } from 'lucide-react';
import { firstSteps } from '../../../app/home/parts.ts';
import { useRecords } from '../../../platform/query/records.ts';
import { findType } from '../../../platform/record/recordTypes.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';

/** Shown while a workspace is empty: how to get something into it. */
export function FirstSteps() {
  const may = useMay();
  const contacts = useRecords('contact', { limit: 1, enabled: may('contact', 'read') });
  const companies = useRecords('company', { limit: 1, enabled: may('company', 'read') });
  const unknown = contacts.isPending || contacts.isError || companies.isLoading || companies.isError;
  const imports = may('import', 'create');
  const prepared = firstSteps().filter(({ right }) => may(...right));
  if (unknown || contacts.rows.length > 0 || companies.rows.length > 0) return null;
  // Whoever only reads has to wait for others.
  if (!imports && !may('contact', 'create')) return null;
  return (
    <section aria-label={t('First steps')} className="rounded-lg border border-line p-5">
      <h2 className="text-16">{t('Bring your people in')}</h2>
      <p className="mt-1 max-w-prose text-13 text-muted">
        {imports
          ? t(
              'Holdfast reads the files of your current system, works out what they contain, and shows you what will change before it does anything.',
            )
          : t('Add the people you work with. What you see here grows with them.')}
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        {imports && (
          <Link to="/imports/new" className={buttonClass('primary')}>
            <Upload size={14} />
            {t('Import a file')}
          </Link>
        )}
        {may('contact', 'create') && (
          <Link to={findType('contact')!.path} search={{ create: true }} className={buttonClass('secondary')}>
            <UserPlus size={14} />
            {t('Add the first contact')}
          </Link>
        )}
      </div>
      {prepared.length > 0 && (
        <ul className="mt-5 flex flex-col border-t border-line pt-3">
          {prepared.map(({ section, label, icon: Icon }) => (
            <li key={section}>
              <Link
                to="/settings/$section"
                params={{ section }}
                className="-mx-2 flex min-h-9 items-center gap-2.5 rounded-md px-2 text-13 hover:bg-hover pointer-coarse:min-h-11"
              >
                <Icon size={16} aria-hidden="true" className="shrink-0 text-muted" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
