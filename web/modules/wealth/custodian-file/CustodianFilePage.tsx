import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, FileUp, Upload } from 'lucide-react';
import { useId, useState } from 'react';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { FileAccounts } from './FileAccounts.tsx';
import { FileMapping } from './FileMapping.tsx';
import { FileRows } from './FileRows.tsx';
import { FileSecurities } from './FileSecurities.tsx';
import { type Decisions, type Report, sendFile } from './report.ts';

interface Sent {
  file: File;
  decisions: Decisions;
  preview: boolean;
}

/**
 * Takes a file of a custodian into accounts: what each row becomes, decisions about what is unknown, and what came of
 * it.
 */
export default function CustodianFilePage() {
  usePageTitle(t('Import a custodian file'));
  const [file, setFile] = useState<File | null>(null);
  const [decisions, setDecisions] = useState<Decisions>({});
  const [report, setReport] = useState<Report | null>(null);
  const [done, setDone] = useState(false);
  const send = useMutation({
    mutationFn: (sent: Sent) => sendFile(sent.file, sent.decisions, sent.preview),
    onSuccess: (answer, { preview }) => {
      setReport(answer);
      setDone(!preview);
      if (!preview) void queryClient.invalidateQueries();
    },
  });
  const look = (next: File, said: Decisions) => {
    setFile(next);
    setDecisions(said);
    send.mutate({ file: next, decisions: said, preview: true });
  };
  const choose = (next: File | undefined) => {
    if (!next) return;
    setReport(null);
    look(next, { day: new Date(next.lastModified).toISOString().slice(0, 10) });
  };
  const decided = (more: Partial<Decisions>) => file && look(file, { ...decisions, ...more });
  const isKnown = report !== null && report.unknown === null;
  return (
    <>
      <PageBar
        title={
          <>
            <Link
              to="/account-breaks"
              aria-label={t('Back to reconciliation')}
              className="-ms-1 rounded-md p-1 text-muted hover:bg-hover hover:text-ink pointer-coarse:p-3"
            >
              <ChevronLeft size={16} className="rtl:-scale-x-100" />
            </Link>
            <h1 className="truncate">{t('Import a custodian file')}</h1>
          </>
        }
        actions={
          file &&
          isKnown &&
          report.counts.imported > 0 &&
          !done && (
            <Button
              emphasis="primary"
              icon={<FileUp size={14} />}
              busy={send.isPending}
              onClick={() => send.mutate({ file, decisions, preview: false })}
            >
              {t('Import {count, plural, one {# row} other {# rows}}', { count: report.counts.imported })}
            </Button>
          )
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="@container mx-auto flex max-w-4xl flex-col gap-6 p-4 md:p-6">
          <FileChoice file={file} onFile={choose} />
          {send.isError && <Banner meaning="bad">{messageOf(send.error)}</Banner>}
          {!report && send.isPending && <SkeletonRows label={t('Reading the file')} />}
          {file && report?.unknown && (
            <FileMapping
              unknown={report.unknown}
              mapping={decisions.mapping}
              busy={send.isPending}
              onMapping={(mapping) => decided({ mapping })}
            />
          )}
          {isKnown && (
            <>
              <Summary report={report} done={done} />
              <FileAccounts
                accounts={report.accounts}
                done={done}
                decided={decisions.accounts ?? []}
                onDecided={(accounts) => decided({ accounts })}
              />
              <FileSecurities
                securities={report.securities}
                done={done}
                decided={decisions.securities ?? []}
                all={decisions.create_securities === true}
                onDecided={(securities) => decided({ securities })}
                onAll={(create_securities) => decided({ create_securities })}
              />
              <FileRows report={report} done={done} />
            </>
          )}
        </div>
      </div>
    </>
  );
}

function FileChoice({ file, onFile }: { file: File | null; onFile: (file: File | undefined) => void }) {
  const id = useId();
  return (
    <label
      htmlFor={id}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        onFile(event.dataTransfer.files[0]);
      }}
      className="flex cursor-pointer flex-col items-center gap-1 rounded-lg border border-dashed border-line-strong bg-canvas px-6 py-6 text-center hover:border-control has-focus-visible:outline-2 has-focus-visible:outline-accent"
    >
      <Upload size={20} aria-hidden="true" className="text-muted" />
      <span className="max-w-full truncate text-14 font-medium">{file ? file.name : t('Choose a custodian file')}</span>
      <span className="text-12 text-balance text-muted">
        {file
          ? t('Choose another file')
          : t('OFX or QFX, or the CSV export of a broker such as Schwab, Fidelity, Interactive Brokers or DEGIRO')}
      </span>
      <input
        id={id}
        type="file"
        accept=".ofx,.qfx,.csv,.txt,.tsv,text/csv"
        className="sr-only"
        onChange={(event) => {
          onFile(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </label>
  );
}

function Summary({ report: { source, rows, counts }, done }: { report: Report; done: boolean }) {
  if (rows === 0) return <Banner meaning="attention">{t('The file has no transactions and no positions.')}</Banner>;
  const told = { source: source ?? '', rows, imported: counts.imported, waiting: counts.waiting };
  if (done)
    return (
      <Banner meaning={counts.waiting > 0 ? 'attention' : 'good'}>
        {counts.waiting > 0
          ? t(
              '{imported, plural, one {# row was} other {# rows were}} imported. {waiting, plural, one {# row waits} other {# rows wait}} for your decision; decide below and import again.',
              told,
            )
          : t('{imported, plural, one {# row was} other {# rows were}} imported.', told)}
      </Banner>
    );
  return (
    <Banner meaning="info">
      {t(
        '{source}: {rows, plural, one {# row} other {# rows}}. Rows that were imported before are skipped, so importing a file twice is safe.',
        told,
      )}
    </Banner>
  );
}
