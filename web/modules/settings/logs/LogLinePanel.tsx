import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Copy, ListFilter, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { api } from '../../../platform/query/api.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button, buttonClass } from '../../../ui/Button.tsx';
import { formatExactTime } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { SidePanel } from '../../../ui/SidePanel.tsx';
import { toast } from '../../../ui/toast.ts';
import { cleared } from './filters.ts';
import { around, jobOf, type LogLine, type LogSearch, levelOf } from './logs.ts';

interface LogLinePanelProps {
  line: LogLine;
  everything: boolean;
  workspace: { title: string; name: string } | undefined;
  /** Where the trace is shown that the line belongs to. */
  traceUrl: string | undefined;
  onSearch: (next: Partial<LogSearch>) => void;
  onClose: () => void;
}

/** All that a line says, and the way to what belongs to it. */
export function LogLinePanel({ line, everything, workspace, traceUrl, onSearch, onClose }: LogLinePanelProps) {
  const may = useMay();
  const session = useSession();
  const { label, meaning } = levelOf(line);
  const job = jobOf(line);
  // Of another workspace an operator sees the line, not its people, its jobs or its audit trail.
  const own = line.tenant_id !== null && line.tenant_id === session.tenant?.id;
  const person = usePerson(line.user_id, own && may('user', 'read'));
  const elsewhere = (next: Partial<LogSearch>) => onSearch({ ...cleared, range: undefined, ...around(line), ...next });
  const copy = () =>
    void navigator.clipboard.writeText(JSON.stringify(line, null, 2)).then(() => toast(t('The line is copied.')));
  return (
    <SidePanel label={t('Line of the log')} onClose={onClose}>
      <header className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <Badge meaning={meaning}>{label}</Badge>
        <time dateTime={line.at} className="min-w-0 flex-1 truncate text-13 tabular-nums">
          {formatExactTime(line.at)}
        </time>
        <IconButton label={t('Copy as JSON')} onClick={copy}>
          <Copy size={14} />
        </IconButton>
        <IconButton label={t('Close')} onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">
        <p className="font-mono text-13 wrap-anywhere whitespace-pre-wrap">{line.message}</p>
        <div className="mt-4 flex flex-wrap gap-2">
          {line.request_id && (
            <Button size="small" onClick={() => elsewhere({ request_id: line.request_id! })}>
              {job ? t('Lines of this job') : t('Lines of this request')}
            </Button>
          )}
          {line.trace_id && (
            <Button size="small" onClick={() => elsewhere({ trace_id: line.trace_id! })}>
              {t('Lines of this trace')}
            </Button>
          )}
          {traceUrl && (
            <a href={traceUrl} target="_blank" rel="noreferrer" className={buttonClass('secondary', 'small')}>
              {t('Open the trace')}
            </a>
          )}
          {own && line.request_id && may('audit', 'read') && (
            <SectionLink section="audit" search={{ request_id: line.request_id }}>
              {t('Audit events')}
            </SectionLink>
          )}
          {own && job && may('job', 'read') && (
            <SectionLink section="jobs" search={{ job }}>
              {t('The job')}
            </SectionLink>
          )}
        </div>
        <dl className="mt-5 grid grid-cols-[minmax(5.5rem,auto)_1fr] gap-x-4 gap-y-1 text-13">
          {everything && (
            <Fact name={t('Workspace')} filter={line.tenant_id && (() => onSearch({ tenant_id: line.tenant_id! }))}>
              {workspace ? <bdi>{workspace.title}</bdi> : (line.tenant_id ?? t('None: the program itself'))}
            </Fact>
          )}
          <Fact name={t('Person')} filter={line.user_id && (() => onSearch({ user_id: line.user_id! }))}>
            {person ? <bdi>{person}</bdi> : line.user_id}
          </Fact>
          <Fact name={t('Route')} filter={line.route && (() => onSearch({ route: line.route! }))}>
            {line.route}
          </Fact>
          <Fact name={t('Request')} filter={line.request_id && (() => elsewhere({ request_id: line.request_id! }))}>
            {line.request_id}
          </Fact>
          <Fact name={t('Trace')} filter={line.trace_id && (() => elsewhere({ trace_id: line.trace_id! }))}>
            {line.trace_id}
          </Fact>
          <Fact name={t('Process')}>{line.process}</Fact>
          <Fact name={t('Line')}>{line.id}</Fact>
        </dl>
        {Object.keys(line.data).length > 0 && (
          <>
            <h3 className="mt-6 mb-2 text-13 font-semibold">{t('Values')}</h3>
            <dl className="flex flex-col gap-2 text-13">
              {Object.entries(line.data).map(([name, value]) => (
                <Value key={name} name={name} value={value} />
              ))}
            </dl>
          </>
        )}
      </div>
    </SidePanel>
  );
}

function usePerson(id: string | null, enabled: boolean): string | undefined {
  const { data } = useQuery({
    queryKey: ['user', 'other', 'name', id],
    enabled: enabled && id !== null,
    staleTime: 300_000,
    retry: false,
    queryFn: ({ signal }) => api.get<{ name: string }>(`/users/${id}`, {}, signal),
  });
  return data?.name;
}

interface SectionLinkProps {
  section: string;
  search: Record<string, string>;
  children: string;
}

function SectionLink({ section, search, children }: SectionLinkProps) {
  return (
    <Link
      to="/settings/$section"
      params={{ section }}
      search={search as never}
      className={buttonClass('secondary', 'small')}
    >
      {children}
    </Link>
  );
}

interface FactProps {
  name: string;
  filter?: (() => void) | null | '';
  children: ReactNode;
}

function Fact({ name, filter, children }: FactProps) {
  if (children === null || children === undefined) return null;
  return (
    <div className="contents">
      <dt className="py-1 text-muted">{name}</dt>
      <dd className="flex min-w-0 items-start gap-1">
        <span className="min-w-0 flex-1 py-1 wrap-anywhere">{children}</span>
        {filter && (
          <IconButton size="small" label={t('Only lines with this: {name}', { name })} onClick={filter}>
            <ListFilter size={13} />
          </IconButton>
        )}
      </dd>
    </div>
  );
}

/** Texts with line breaks, such as where an error came from, keep them; what has parts is shown as JSON. */
function Value({ name, value }: { name: string; value: unknown }) {
  const error =
    name === 'err' && typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  const { stack, ...rest } = error ?? {};
  const text = typeof value === 'string' ? value : JSON.stringify(error ? rest : value, null, 2);
  const plain = typeof value !== 'object' && !text.includes('\n');
  return (
    <div className={plain ? 'grid grid-cols-[minmax(5.5rem,auto)_1fr] gap-x-4' : undefined}>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">
        {plain ? (
          <span className="font-mono text-12 wrap-anywhere">{text}</span>
        ) : (
          <pre className="mt-1 rounded-md bg-sunken p-2 font-mono text-12 wrap-anywhere whitespace-pre-wrap">
            {text}
          </pre>
        )}
        {typeof stack === 'string' && (
          <pre className="mt-1 rounded-md bg-sunken p-2 font-mono text-12 wrap-anywhere whitespace-pre-wrap">
            {stack}
          </pre>
        )}
      </dd>
    </div>
  );
}
