import { Link } from '@tanstack/react-router';
import { Printer } from 'lucide-react';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { buttonClass } from '../../../ui/Button.tsx';

/** The way to the report that clients get. */
export default function ReportLink({ record }: { record: AnyRecord }) {
  return (
    <Link to="/households/$id/report" params={{ id: record.id }} className={buttonClass('secondary', 'small')}>
      <Printer size={14} aria-hidden="true" />
      {t('Client report')}
    </Link>
  );
}
