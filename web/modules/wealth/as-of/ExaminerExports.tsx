import { useQuery } from '@tanstack/react-query';
import { FileArchive } from 'lucide-react';
import { useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { examinerExport } from '../../../../src/modules/wealth/examiner-export/contract.ts';
import { address, api, type Page } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { formatDateTime } from '../../../ui/format.ts';

type Export = RowOf<typeof examinerExport>;

const states: Readonly<Record<string, string>> = {
  waiting: t('Waiting'),
  running: t('In progress'),
  done: t('Done'),
  failed: t('Failed'),
};
const choices: Readonly<Record<string, string>> = { masked: t('Masked'), revealed: t('Revealed') };
const poll_ms = 2_000;

/** What an examiner was given of a household, and one more. */
export function ExaminerExports({ household }: { household: string }) {
  const [asking, setAsking] = useState(false);
  const found = useQuery({
    queryKey: ['examiner_export', household],
    queryFn: ({ signal }) =>
      api.get<Page<Export>>(
        '/examiner-exports',
        { filter: JSON.stringify({ field: 'household_id', op: 'eq', value: household }), limit: 10 },
        signal,
      ),
    refetchInterval: ({ state }) =>
      state.data?.data.some((one) => one.state === 'waiting' || one.state === 'running') ? poll_ms : false,
  });
  return (
    <section aria-label={t("Examiner's export")} className="print:hidden">
      <div className="mb-1 flex items-center gap-2">
        <h2 className="flex-1 text-14">{t("Examiner's export")}</h2>
        <Button size="small" icon={<FileArchive size={14} />} onClick={() => setAsking(true)}>
          {t('Export')}
        </Button>
      </div>
      <p className="text-13 text-muted">
        {t(
          'All records and files of the household in one archive, with a manifest of hashes. Archives are kept for a week.',
        )}
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {found.data?.data.map((one) => (
          <li key={one.id} className="flex items-center gap-3 py-2 text-13">
            <span className="min-w-0 flex-1">
              {one.reason}
              <span className="block text-12 text-muted">
                {[states[one.state], choices[one.sealed], formatDateTime(one.created_at), one.error]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            </span>
            {one.state === 'done' && (
              <a href={address(`/examiner-exports/${one.id}/content`)} className={buttonClass('secondary', 'small')}>
                {t('Download')}
              </a>
            )}
          </li>
        ))}
      </ul>
      {asking && <AskDialog household={household} onClose={() => setAsking(false)} />}
    </section>
  );
}

const start = { sealed: 'masked' };

function AskDialog({ household, onClose }: { household: string; onClose: () => void }) {
  const may = useMay();
  const options = Object.entries(choices).flatMap(([value, label]) =>
    value === 'masked' || may('reveal', 'read') ? [{ value, label }] : [],
  );
  const fields: readonly FieldDef[] = [
    { key: 'reason', label: t('Reason'), kind: 'text', required: true, help: t('Recorded with your name') },
    {
      key: 'sealed',
      label: t('Sealed values'),
      kind: 'select',
      options,
      required: true,
      help: t('Every revealed value is recorded.'),
    },
  ];
  return (
    <FormDialog
      title={t("Examiner's export")}
      action={t('Export')}
      fields={fields}
      start={start}
      onSave={async (body) => {
        await api.post('/examiner-exports', { household_id: household, ...body });
        void queryClient.invalidateQueries({ queryKey: ['examiner_export'] });
      }}
      onClose={onClose}
    />
  );
}
