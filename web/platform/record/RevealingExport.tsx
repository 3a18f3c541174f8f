import { t } from '../../text/text.ts';
import { makeExport } from '../query/exports.ts';
import { FormDialog } from './FormDialog.tsx';

interface RevealingExportProps {
  resource: string;
  selection: { filter: string | null; sort: string | null; columns: string[] };
  onClose: () => void;
}

/** Asks why, before sealed values leave in a workbook. The server records each value with that reason. */
export default function RevealingExport({ resource, selection, onClose }: RevealingExportProps) {
  return (
    <FormDialog
      title={t('Export sealed values')}
      description={t('The workbook has the columns of this list, with sealed values in the clear.')}
      action={t('Export')}
      fields={[
        {
          key: 'reason',
          label: t('Reason'),
          kind: 'text',
          required: true,
          help: t('Recorded with your name for each value'),
        },
      ]}
      start={{ reason: null }}
      onSave={({ reason }) => makeExport({ resource, format: 'xlsx', ...selection, reason: String(reason) })}
      onClose={onClose}
    />
  );
}
