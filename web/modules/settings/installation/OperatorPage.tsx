import { useQuery } from '@tanstack/react-query';
import { UserCog, UserMinus, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { withConfirmation } from '../../../platform/session/confirm.tsx';
import { Loaded } from '../../../platform/settings/Loaded.tsx';
import { Panel, PanelRow } from '../../../platform/settings/Panel.tsx';
import { SettingsSection } from '../../../platform/settings/SettingsSection.tsx';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { DateText } from '../../../ui/DateText.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { formatMonth } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { jobKindName } from '../jobs/jobNames.ts';
import { actionsQuery, archiveSources, operate, operatorsQuery, reasonField } from './installation.ts';

const actions: Record<string, (target: string) => string> = {
  'connection.cancel': (connection) => t('Cancelled a statement of {connection}', { connection }),
  'connection.close': (connection) => t('Closed the connection {connection}', { connection }),
  'database.vacuum': (table) => t('Vacuumed {table}', { table }),
  'operator.first': () => t('Started setting up the installation'),
  'operator.grant': (person) => t('Made {person} an operator', { person }),
  'operator.revoke': (person) => t('Removed {person} from the operators', { person }),
  'job.enqueue': (kind) => t('Ran a job: {kind}', { kind: jobKindName(kind) }),
  'job.retry': (job) => t('Ran a job again: {job}', { job }),
  'alert.acknowledge': (alert) => t('Acknowledged an alert: {alert}', { alert }),
  'alert.silence': (alert) => t('Silenced alerts: {alert}', { alert }),
  'alert.unsilence': (alert) => t('Ended a silence: {alert}', { alert }),
  'alert_receiver.create': (receiver) => t('Created a receiver of alerts: {receiver}', { receiver }),
  'alert_receiver.update': (receiver) => t('Changed a receiver of alerts: {receiver}', { receiver }),
  'alert_receiver.delete': (receiver) => t('Deleted a receiver of alerts: {receiver}', { receiver }),
  'alert_receiver.test': (receiver) => t('Sent a test to a receiver of alerts: {receiver}', { receiver }),
  'schedule.run': (name) => t('Ran a schedule: {name}', { name: jobKindName(name) }),
  'schedule.pause': (name) => t('Paused a schedule: {name}', { name: jobKindName(name) }),
  'schedule.resume': (name) => t('Resumed a schedule: {name}', { name: jobKindName(name) }),
  // The target is such as `audit_event 2024-03`.
  'lifecycle.return': (target) => {
    const [source, month] = target.split(' ') as [keyof typeof archiveSources, string];
    return t('Returned an archived month: {what}, {month}', {
      what: archiveSources[source],
      month: formatMonth(`${month}-01`),
    });
  },
  'lifecycle.orphans': (files) =>
    t('Agreed to delete {files, plural, one {# unreferenced file} other {# unreferenced files}}', {
      files: Number.parseInt(files, 10),
    }),
  'tenant.delete': (workspace) => t('Started deleting the workspace {workspace}', { workspace }),
  'tenant.restore': (workspace) => t('Restored the workspace {workspace}', { workspace }),
  'tenant.deleted': (workspace) => t('Deleted the workspace {workspace}', { workspace }),
  'alert_rule.update': (rule) => t('Set the limits of a rule: {rule}', { rule }),
};

/** Who looks after the installation, what they did, and why. */
export default function OperatorPage() {
  const operators = useQuery(operatorsQuery);
  const done = useQuery(actionsQuery);
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<{ tenant_id: string; user_id: string; name: string } | null>(null);
  return (
    <>
      <SettingsSection
        title={t('Operators')}
        description={
          <T
            text="They look after the installation; they see what is in a workspace only if they are members of it. On the server, <command>holdfast operator grant</command> adds one."
            values={{ command: (words) => <code className="font-mono text-12">{words}</code> }}
          />
        }
        action={
          <Button icon={<UserPlus size={14} />} onClick={() => setAdding(true)}>
            {t('Add an operator')}
          </Button>
        }
      >
        <Loaded query={operators}>
          {({ data }) => (
            <Panel label={t('Operators')}>
              {data.map(({ tenant_id, user_id, name, email, workspace, granted_at, granted_by }) => (
                <PanelRow
                  key={`${tenant_id} ${user_id}`}
                  icon={<UserCog size={16} />}
                  title={<bdi>{name}</bdi>}
                  detail={
                    <>
                      <bdi>{email}</bdi> · <bdi>{workspace}</bdi> · <DateText value={granted_at} /> ·{' '}
                      <bdi>{granted_by}</bdi>
                    </>
                  }
                  end={
                    data.length > 1 && (
                      <IconButton
                        label={t('Remove from the operators')}
                        onClick={() => setRemoved({ tenant_id, user_id, name })}
                      >
                        <UserMinus size={14} />
                      </IconButton>
                    )
                  }
                />
              ))}
            </Panel>
          )}
        </Loaded>
      </SettingsSection>
      {adding && (
        <FormDialog
          title={t('Add an operator')}
          description={t(
            'They see the health of all workspaces, and may do what is on these pages. They sign in with a passkey, or with password and second factor: if a provider of their workspace let them in until now, that ends, and they set a new password. Your reason is recorded.',
          )}
          action={t('Add an operator')}
          fields={[
            { key: 'workspace', label: t('Name of their workspace'), kind: 'text', required: true },
            { key: 'email', label: t('Address they sign in with'), kind: 'email', required: true },
            reasonField,
          ]}
          start={{}}
          onSave={(body) => withConfirmation(() => operate('/operators', body))}
          onClose={() => setAdding(false)}
        />
      )}
      {removed && (
        <FormDialog
          title={t('Remove {name} from the operators?', { name: removed.name })}
          description={t('Their account and workspace stay as they are. Your reason is recorded.')}
          action={t('Remove from the operators')}
          fields={[reasonField]}
          start={{}}
          onSave={(body) =>
            withConfirmation(() =>
              operate('/operators/removals', { ...body, tenant_id: removed.tenant_id, user_id: removed.user_id }),
            )
          }
          onClose={() => setRemoved(null)}
        />
      )}
      <SettingsSection title={t('What operators did')}>
        <Loaded query={done}>
          {({ data }) =>
            data.length === 0 ? (
              <EmptyState title={t('Nothing yet')}>
                {t('What an operator does to the installation is listed here with the reason.')}
              </EmptyState>
            ) : (
              <Panel label={t('What operators did')}>
                {data.map(({ id, at, who, action, target, reason }) => (
                  <PanelRow
                    key={id}
                    title={actions[action]?.(target ?? '') ?? action}
                    detail={
                      <>
                        <span className="block text-ink">{reason}</span>
                        <bdi>{who}</bdi> · <DateText value={at} />
                      </>
                    }
                  />
                ))}
              </Panel>
            )
          }
        </Loaded>
      </SettingsSection>
    </>
  );
}
