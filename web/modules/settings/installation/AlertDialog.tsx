import type { Alert, AlertRule, Receiver, Silence } from '../../../../src/operations/alerts/contract.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { createReceiver, operateOn, receiverFields, silenceFields } from './alerts.ts';
import { operate, reasonField } from './installation.ts';
import { ruleFieldsOf } from './limits.ts';

/** What an operator is asked before something is done. */
export type Asked =
  | { what: 'acknowledge'; alert: Alert }
  | { what: 'silence'; alert: Alert | null }
  | { what: 'end'; silence: Silence }
  | { what: 'receiver' }
  | { what: 'pause'; receiver: Receiver }
  | { what: 'delete'; receiver: Receiver }
  | { what: 'rule'; rule: AlertRule };

interface AskDialogProps {
  asked: Asked;
  onSecret: (secret: string) => void;
  onClose: () => void;
}

export function AskDialog({ asked, onSecret, onClose }: AskDialogProps) {
  if (asked.what === 'acknowledge')
    return (
      <FormDialog
        title={t('Acknowledge this alert?')}
        description={t('Others see that you look after it, and it is not escalated. Your reason is recorded.')}
        action={t('Acknowledge')}
        fields={[reasonField]}
        start={{}}
        onSave={(body) => operate(`/alerts/${asked.alert.id}/acknowledgement`, body)}
        onClose={onClose}
      />
    );
  if (asked.what === 'silence')
    return (
      <FormDialog
        title={asked.alert ? t('Silence this alert?') : t('Silence all alerts?')}
        description={t('Nobody is notified about it until then; it stays on this page. Your reason is recorded.')}
        action={t('Silence')}
        fields={silenceFields}
        start={{ minutes: '60' }}
        onSave={(body) =>
          operate('/alert-silences', {
            ...body,
            minutes: Number(body.minutes),
            rule: asked.alert?.rule ?? null,
            labels: asked.alert?.labels ?? {},
          })
        }
        onClose={onClose}
      />
    );
  if (asked.what === 'end')
    return (
      <FormDialog
        title={t('End this silence?')}
        action={t('End silence')}
        fields={[reasonField]}
        start={{}}
        onSave={(body) => operate(`/alert-silences/${asked.silence.id}/end`, body)}
        onClose={onClose}
      />
    );
  if (asked.what === 'receiver')
    return (
      <FormDialog
        title={t('New receiver')}
        action={t('Create receiver')}
        fields={receiverFields}
        start={{ kind: 'email', severity: 'ticket', after_minutes: 0 }}
        onSave={async (body) => {
          const { secret } = await createReceiver(body);
          if (secret) onSecret(secret);
        }}
        onClose={onClose}
      />
    );
  if (asked.what === 'pause')
    return (
      <FormDialog
        title={asked.receiver.enabled ? t('Pause this receiver?') : t('Resume this receiver?')}
        action={asked.receiver.enabled ? t('Pause') : t('Resume')}
        fields={[reasonField]}
        start={{}}
        onSave={(body) =>
          operateOn(`/alert-receivers/${asked.receiver.id}`, { ...body, enabled: !asked.receiver.enabled }, 'patch')
        }
        onClose={onClose}
      />
    );
  if (asked.what === 'delete')
    return (
      <FormDialog
        title={t('Delete this receiver?')}
        description={t('It gets no more messages. Your reason is recorded.')}
        action={t('Delete')}
        fields={[reasonField]}
        start={{}}
        onSave={(body) => operate(`/alert-receivers/${asked.receiver.id}/deletion`, body)}
        onClose={onClose}
      />
    );
  const { rule } = asked;
  return (
    <FormDialog
      title={translateServerText(rule.message)}
      description={t('Compared: {measure}', { measure: rule.measure })}
      action={t('Save limits')}
      fields={ruleFieldsOf(rule)}
      start={{
        enabled: rule.enabled,
        threshold: String(rule.threshold),
        for_seconds: rule.for_seconds,
        keep_seconds: rule.keep_seconds,
      }}
      version={rule.version}
      onSave={(body, version) =>
        // An empty limit is refused at its field; as a number it would be 0.
        operateOn(
          `/alert-rules/${rule.name}`,
          { ...body, threshold: body.threshold === null ? null : Number(body.threshold) },
          'put',
          version,
        )
      }
      onClose={onClose}
    />
  );
}
