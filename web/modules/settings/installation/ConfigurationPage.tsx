import { useQuery } from '@tanstack/react-query';
import { Server, TriangleAlert, WifiOff } from 'lucide-react';
import { useState } from 'react';
import type { Configuration, ProcessList } from '../../../../src/operations/nodes/contract.ts';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatBytes, formatList } from '../../../ui/format.ts';
import { CertificateSection } from './CertificateSection.tsx';
import { configurationQuery, processesQuery } from './installation.ts';

type Process = ProcessList['data'][number];
type Setting = Configuration['data'][number];
type Value = Setting['values'][number];

const commit_digits = 9;

/** Which processes run, of which version, and what each was told. */
export default function ConfigurationPage() {
  const processes = useQuery(processesQuery);
  const configuration = useQuery(configurationQuery);
  return (
    <>
      <SettingsSection
        title={t('Processes')}
        description={t('Each reports every 15 seconds. Ten minutes after its last report it disappears here.')}
      >
        <Loaded query={processes}>{(found) => <Processes {...found} />}</Loaded>
      </SettingsSection>
      <SettingsSection
        title={t('Configuration')}
        description={
          <T
            text="The settings of the running processes, and where each comes from. Secrets are not shown. On the server, <command>holdfast config</command> prints the same."
            values={{ command: (words) => <code className="font-mono text-12">{words}</code> }}
          />
        }
      >
        <Loaded query={configuration}>{(found) => <Settings {...found} />}</Loaded>
      </SettingsSection>
      <CertificateSection />
    </>
  );
}

function Processes({ data, versions }: ProcessList) {
  if (data.length === 0)
    return <EmptyState compact icon={<Server size={18} />} title={t('No process has reported yet')} />;
  return (
    <>
      {versions.length > 1 && (
        <div className="mb-2">
          <Banner meaning="attention">
            {t('Processes of several versions are running: {versions}. During an update that is expected.', {
              versions: formatList(versions),
            })}
          </Banner>
        </div>
      )}
      <Panel label={t('Processes')}>
        {data.map((process) => (
          <ProcessRow key={process.id} process={process} />
        ))}
      </Panel>
    </>
  );
}

const roles: Record<Process['role'], string> = {
  all: t('Web and worker'),
  web: t('Web'),
  worker: t('Worker'),
  migrate: t('Migration'),
};

function ProcessRow({ process }: { process: Process }) {
  const { role, host, pid, version, commit, node_version, address, alive, started_at, seen_at, memory_bytes } = process;
  return (
    <PanelRow
      icon={
        alive ? (
          <Server size={16} aria-hidden="true" />
        ) : (
          <WifiOff size={16} aria-hidden="true" className="text-bad-ink" />
        )
      }
      title={
        <>
          {roles[role]}
          <bdi className="font-normal text-muted">
            {host}:{pid}
          </bdi>
          {!alive && <Badge meaning="bad">{t('Silent')}</Badge>}
        </>
      }
      detail={
        <>
          <span className="block">
            {t('Holdfast {version}, Node {node}, {size} of memory', {
              version: commit ? `${version} (${commit.slice(0, commit_digits)})` : version,
              node: node_version,
              size: formatBytes(memory_bytes),
            })}
          </span>
          <span className="block">
            <T text="Started <time></time>" values={{ time: () => <DateText value={started_at} /> }} />
            {!alive && (
              <>
                {' · '}
                <T text="last seen <time></time>" values={{ time: () => <DateText value={seen_at} /> }} />
              </>
            )}
            {address && ` · ${address}`}
          </span>
        </>
      }
    />
  );
}

const sources: Record<Value['source'], string> = {
  default: t('Default value'),
  environment: t('Environment'),
  flag: t('Command line'),
  file: t('File'),
  credential: t('Credential'),
  manager: t('Secret manager'),
  none: '',
};

const isGiven = ({ values, differs }: Setting): boolean =>
  differs || values.some(({ source }) => source !== 'default' && source !== 'none');

function Settings({ data, unread }: Configuration) {
  const [all, setAll] = useState(false);
  const shown = data.filter((setting) => all || isGiven(setting));
  return (
    <>
      {unread.map(({ name, meant }) => (
        <div key={name} className="mb-2">
          <Banner meaning="attention">
            {meant
              ? t('The variable {name} is set, but nothing reads it. Did you mean {meant}?', { name, meant })
              : t('The variable {name} is set, but nothing reads it.', { name })}
          </Banner>
        </div>
      ))}
      <div className="mb-3">
        <Button size="small" onClick={() => setAll(!all)}>
          {all ? t('Show only what was set') : t('Show every setting')}
        </Button>
      </div>
      {shown.length === 0 ? (
        <EmptyState compact title={t('All settings have their defaults')} />
      ) : (
        <Panel label={t('Configuration')}>
          {shown.map((setting) => (
            <SettingRow key={setting.name} setting={setting} />
          ))}
        </Panel>
      )}
    </>
  );
}

function SettingRow({ setting: { name, description, secret, values, differs } }: { setting: Setting }) {
  return (
    <PanelRow
      icon={differs ? <TriangleAlert size={16} className="text-attention-ink" aria-label={t('Differs')} /> : undefined}
      title={<code className="font-mono text-12 wrap-anywhere">{name}</code>}
      detail={
        <>
          {values.map((value) => (
            <span key={value.processes.join()} className="block text-ink">
              <span className={secret || !value.is_set ? '' : 'font-mono'}>{shownValue(value, secret)}</span>
              {sources[value.source] && (
                <span className="text-muted">
                  {' · '}
                  {sources[value.source]}
                  {value.origin && ` ${value.origin}`}
                </span>
              )}
              {values.length > 1 && <span className="text-muted"> · {formatList(value.processes)}</span>}
            </span>
          ))}
          <span className="block">{translateServerText(description)}</span>
        </>
      }
    />
  );
}

const shownValue = ({ is_set, value }: Value, secret: boolean): string =>
  !is_set ? t('not set') : secret ? t('set, and secret') : (value ?? '');
